import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { controllerFunctions, provisionTwin } from '../../infra/controller/function-catalogue.ts';

test('every folder of a function is deployed, and every deployed function has its folder', () => {
  const libraries = ['adapters', 'core', 'runtime'];
  const folders = readdirSync(resolve(import.meta.dirname, '../../functions'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !libraries.includes(entry.name))
    .map((entry) => entry.name);
  expect([provisionTwin, ...controllerFunctions].map((plan) => plan.folder).sort()).toEqual(folders.sort());
});
