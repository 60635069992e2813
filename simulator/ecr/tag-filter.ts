/** Whether a tag matches a filter in which `*` stands for any text. */
export const matchesTagFilter = (filter: string, tag: string): boolean =>
  new RegExp(`^${filter.split('*').map(literal).join('.*')}$`).test(tag);

const literal = (text: string): string => text.replace(/[.\\+?^${}()|[\]]/g, '\\$&');
