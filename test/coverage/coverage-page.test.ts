import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { coveragePage, emptyCloud } from '../../local/coverage/coverage-page.ts';
import { inputMembers } from '../api-shapes/sdk-shape.ts';

const root = resolve(import.meta.dirname, '..', '..');

const sourcesOf = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => [file, readFileSync(join(root, folder, file), 'utf8')]),
  );

/** Folders whose name is not the service's. */
const folders: Readonly<Record<string, string>> = { elasticloadbalancing: 'elb', states: 'stepfunctions' };

/** Members of inputs that no line reads, since nothing in the simulator would differ by them. */
const harmless: Readonly<Record<string, string>> = {
  'dynamodb:BatchWriteItem ReturnItemCollectionMetrics': 'only tables with local indexes have item collections',
  'dynamodb:DeleteItem ReturnItemCollectionMetrics': 'only tables with local indexes have item collections',
  'dynamodb:PutItem ReturnItemCollectionMetrics': 'only tables with local indexes have item collections',
  'dynamodb:UpdateItem ReturnItemCollectionMetrics': 'only tables with local indexes have item collections',
  'dynamodb:ListTagsOfResource NextToken': 'all tags fit in one answer, which gives no token',
  'dynamodb:Scan Segment': 'the one segment of a scan in one segment; more are refused',
  'ecr:BatchGetImage acceptedMediaTypes': 'an image is kept in one format only',
  'events:DeleteRule Force': 'there are no managed rules',
  'events:RemoveTargets Force': 'there are no managed rules',
  'logs:FilterLogEvents interleaved': 'deprecated; AWS takes it for true',
  'logs:FilterLogEvents unmask': 'nothing is masked',
  'logs:GetLogEvents unmask': 'nothing is masked',
};

describe('the coverage of the simulator', () => {
  it('stands in docs/simulator-coverage.md as it is', async () => {
    const page = readFileSync(join(root, 'docs', 'simulator-coverage.md'), 'utf8');
    expect(page, 'Run `npm run coverage:simulator` and commit docs/simulator-coverage.md.').toBe(await coveragePage());
  });

  it('names beside each action what its file refuses', () => {
    const silent = [...sourcesOf('simulator')]
      .filter(([file, text]) => file.includes('/actions/') && text.includes('throw notModelled('))
      .filter(([, text]) => /: ActionDefinition</.test(text) && !/^ +(partly|refuses):/m.test(text))
      .map(([file]) => file);
    expect(silent, 'Say in `partly` of the action what it does not model.').toEqual([]);
  });

  it('takes no member of an input in silence: each is read somewhere in its service, or refused by name', () => {
    const ignored: string[] = [];
    const used = new Set<string>();
    for (const { name, actions } of emptyCloud().dispatcher.services) {
      const sources = sourcesOf(join('simulator', folders[name] ?? name));
      const words = new Set([...sources.values()].join('\n').match(/\w+/g));
      for (const [action, { refuses = [] }] of Object.entries(actions)) {
        for (const member of inputMembers(name, action)) {
          if (words.has(member) || refuses.includes(member)) continue;
          const what = `${name}:${action} ${member}`;
          if (harmless[what]) used.add(what);
          else ignored.push(what);
        }
      }
    }
    expect(ignored, 'Model the member, or put it into `refuses` of the action.').toEqual([]);
    expect(
      Object.keys(harmless).filter((what) => !used.has(what)),
      'No longer true; take it out.',
    ).toEqual([]);
  });
});
