import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { Children, killTree } from './children.ts';

const children = new Children();
afterEach(() => children.kill());

/** A program that says when it is ready, and then waits for ever. */
const waiting = (beforehand = ''): readonly string[] => [
  '-e',
  `${beforehand}; setInterval(() => {}, 1000); console.log('ready')`,
];

const started = async (script: readonly string[], of = children) => {
  const child = of.spawn(process.execPath, script, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  // Closed when the last process that holds it has ended: the child, and whom it has passed it on to.
  const silent = once(child.stdout as NodeJS.ReadableStream, 'close');
  await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
  return { child, ended, silent };
};

it('ends what it started by SIGTERM, and by SIGKILL what does not listen', async () => {
  const own = new Children();
  const polite = await started(waiting("process.on('SIGTERM', () => process.exit(7))"), own);
  const deaf = await started(waiting("process.on('SIGTERM', () => {})"), own);
  await own.close(200);
  expect(await polite.ended).toEqual([7, null]);
  expect(await deaf.ended).toEqual([null, 'SIGKILL']);
  expect(own.count).toBe(0);
});

it('starts nothing any more once it closes', async () => {
  const own = new Children();
  await own.close(200);
  expect(() => own.spawn(process.execPath, waiting(), {})).toThrow('the local cloud is closing');
});

it('ends what a process has started together with it', async () => {
  const { child, silent } = await started([
    '-e',
    `require('node:child_process').spawn(
       process.execPath, ['-e', "console.log('ready'); for (;;);"], { stdio: ['ignore', 'inherit', 'ignore'] });
     setInterval(() => {}, 1000);`,
  ]);
  killTree(child);
  await silent;
});

it('keeps a Ctrl-C in the terminal from what it has started: each leads a process group of its own', async () => {
  const { child } = await started(waiting());
  // Signal 0 asks whether the group exists.
  expect(process.kill(-(child.pid as number), 0)).toBe(true);
});

it('lets nothing live on when the local cloud is killed', async () => {
  const cloud = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { Children } from ${JSON.stringify(new URL('./children.ts', import.meta.url).href)};
       new Children().spawn(process.execPath, ['-e', "console.log('ready'); for (;;);"], { stdio: 'inherit' });
       setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const silent = once(cloud.stdout, 'close');
  await once(createInterface({ input: cloud.stdout }), 'line');
  cloud.kill('SIGKILL');
  await silent;
});

it('tells of a program that cannot be started by its error alone', async () => {
  const child = children.spawn('/nowhere/program', [], { stdio: 'ignore' });
  const [error] = await once(child, 'error');
  expect(error).toMatchObject({ code: 'ENOENT' });
  expect(children.count).toBe(0);
});

it('gives what a program printed and how it ended', async () => {
  const script = "console.log('out'); console.error('err'); process.exitCode = 3";
  expect(await children.run(process.execPath, ['-e', script], {})).toEqual({
    exitCode: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
});
