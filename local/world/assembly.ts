import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A synthesized cloud assembly: the very templates and assets that deploy. */
export interface Assembly {
  /** In the order in which they must be deployed. */
  readonly stacks: readonly AssemblyStack[];
  /** Folder of a file asset, by its object key in the bootstrap bucket. */
  readonly assetPath: (bucket: string, key: string) => string | undefined;
}

export interface AssemblyStack {
  readonly name: string;
  readonly template: Readonly<Record<string, unknown>>;
}

interface Manifest {
  readonly artifacts: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly dependencies?: readonly string[];
        readonly properties?: { readonly templateFile?: string; readonly stackName?: string; readonly file?: string };
      }
    >
  >;
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

/** Reads the cloud assembly that `cdk synth` left in `folder`. @throws when the folder holds none. */
export const readAssembly = (folder: string): Assembly => {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const { artifacts } = read('manifest.json') as Manifest;
  const paths = new Map<string, string>();
  for (const artifact of Object.values(artifacts)) {
    if (artifact.type !== 'cdk:asset-manifest' || !artifact.properties?.file) continue;
    const { files } = read(artifact.properties.file) as AssetManifest;
    for (const { source, destinations } of Object.values(files ?? {})) {
      for (const { objectKey } of Object.values(destinations)) paths.set(objectKey, join(folder, source.path));
    }
  }
  const stackIds = Object.keys(artifacts).filter((id) => artifacts[id]?.type === 'aws:cloudformation:stack');
  const ordered: string[] = [];
  const visit = (id: string): void => {
    if (ordered.includes(id) || !stackIds.includes(id)) return;
    for (const dependency of artifacts[id]?.dependencies ?? []) visit(dependency);
    ordered.push(id);
  };
  for (const id of stackIds) visit(id);
  return {
    stacks: ordered.map((id) => {
      const properties = artifacts[id]?.properties;
      return {
        name: properties?.stackName ?? id,
        template: frozen(read(properties?.templateFile ?? `${id}.template.json`)) as Record<string, unknown>,
      };
    }),
    assetPath: (_bucket, key) => paths.get(key),
  };
};

/** Many worlds deploy the same templates; CloudFormation reads one once when it is sure that nobody changes it. */
const frozen = (value: unknown): unknown => {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
};
