/** Text as it stands between two tags. */
export const xmlText = (text: string): string =>
  text.replace(
    /[&<>"\r]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#xD;' })[character] as string,
  );
