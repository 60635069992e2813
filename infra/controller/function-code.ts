import { Aws } from 'aws-cdk-lib';
import { Code, type CodeConfig } from 'aws-cdk-lib/aws-lambda';
import { bundleFunctions } from './bundle-functions.ts';

/** Where the code of each function comes from. */
export type FunctionCode = (folder: string) => Code;

/**
 * Stands for a bundle that nobody made, with the shape of one that was: templates are the same but for the key. For
 * tests and the virtual world, which run functions from their source.
 */
class UnbundledCode extends Code {
  readonly isInline = false;
  readonly #key: string;

  constructor(key: string) {
    super();
    this.#key = key;
  }

  override bind(): CodeConfig {
    return {
      s3Location: {
        // The bucket that `cdk bootstrap` makes for assets.
        bucketName: `cdk-hnb659fds-assets-${Aws.ACCOUNT_ID}-${Aws.REGION}`,
        objectKey: `${this.#key}.zip`,
      },
    };
  }
}

/** Another build is other code, as a change of every function would be. */
export const unbundled =
  (build = 'unbundled'): FunctionCode =>
  (folder) =>
    new UnbundledCode(`${build}/${folder}`);

/** All functions bundled at once, since one run of esbuild reads the packages that they share only once. */
export const bundled = (folders: readonly string[], outdir: string): FunctionCode => {
  const bundles = bundleFunctions(folders, outdir);
  return (folder) => {
    const bundle = bundles.get(folder);
    if (!bundle) throw new Error(`${folder} was not bundled`);
    return Code.fromAsset(bundle);
  };
};
