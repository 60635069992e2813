import type { Release } from './state.ts';

/**
 * Twins whose stated template is not the one that the release was made from. A twin without a stated template is an
 * adopted one, and a release that knows no templates was made before they were kept: neither has anything to compare.
 * @param stated ARN of the template that the stack states for each twin, where it states one.
 */
export const changedTemplates = (
  release: Pick<Release, 'templates'>,
  stated: Readonly<Record<string, string | undefined>>,
): readonly string[] => {
  const { templates } = release;
  if (!templates) return [];
  return Object.keys(stated).filter((twin) => stated[twin] !== undefined && stated[twin] !== templates[twin]);
};
