import { dirname, relative } from 'node:path';

/** Why the local cloud cannot start: something that a person can mend. The message is the whole story. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';

  static noPort(port: number, option: string, error: NodeJS.ErrnoException): CannotStart {
    const why: Readonly<Record<string, string>> = {
      EADDRINUSE: 'is in use by another program: end that program',
      EACCES: 'is only for privileged programs',
    };
    const reason = why[error.code ?? ''] ?? `cannot be opened (${error.message})`;
    return new CannotStart(
      `Port ${port} ${reason}${error.code === 'EADDRINUSE' ? ', or' : ':'} choose another port with ${option}.`,
      {
        cause: error,
      },
    );
  }

  static noWriting(folder: string, error: unknown): CannotStart {
    return new CannotStart(
      `The folder ${relative('.', dirname(folder)) || folder} cannot be written: ${reasonOf(error)}.`,
      { cause: error },
    );
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
