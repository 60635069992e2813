import { expect, it } from 'vitest';
import { changedTemplates } from './compare-templates.ts';

const release = { templates: { 'shop-fargate': 'template:1', 'shop-external': 'template:4' } };

it('names each twin whose stated template is another one than that of its release, and no other', () => {
  expect(changedTemplates(release, { 'shop-fargate': 'template:1', 'shop-external': 'template:4' })).toEqual([]);
  expect(changedTemplates(release, { 'shop-fargate': 'template:1', 'shop-external': 'template:5' })).toEqual([
    'shop-external',
  ]);
});

it('takes a twin that the release does not know for changed, and neither an adopted one nor a release without templates', () => {
  const stated = { 'shop-fargate': 'template:1', 'shop-external': undefined };
  expect(changedTemplates({ templates: {} }, stated)).toEqual(['shop-fargate']);
  expect(changedTemplates({}, stated)).toEqual([]);
  expect(changedTemplates(release, stated)).toEqual([]);
});
