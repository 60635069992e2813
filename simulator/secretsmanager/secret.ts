/** One version of a secret's value and the staging labels it carries. */
export interface SecretVersion {
  readonly id: string;
  readonly text: string | undefined;
  readonly binary: Uint8Array | undefined;
  readonly createdMs: number;
  readonly stages: Set<string>;
}

export class Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  readonly tags = new Map<string, string>();
  readonly versions = new Map<string, SecretVersion>();
  description: string | undefined;
  kmsKeyId: string | undefined;
  changedMs: number;
  /** When it will be gone, while its deletion is pending. */
  deletionMs: number | undefined;
  deletedMs: number | undefined;

  constructor(name: string, arn: string, nowMs: number) {
    this.name = name;
    this.arn = arn;
    this.createdMs = nowMs;
    this.changedMs = nowMs;
  }

  staged(stage: string): SecretVersion | undefined {
    return [...this.versions.values()].find(({ stages }) => stages.has(stage));
  }

  /**
   * Adds a version and gives it its labels, each of which only one version carries. The version that was current
   * becomes the previous one; a version without a label is forgotten.
   */
  add(version: SecretVersion): void {
    this.changedMs = version.createdMs;
    const current = this.staged('AWSCURRENT');
    for (const other of this.versions.values()) for (const stage of version.stages) other.stages.delete(stage);
    if (version.stages.has('AWSCURRENT') && current) {
      for (const other of this.versions.values()) other.stages.delete('AWSPREVIOUS');
      current.stages.add('AWSPREVIOUS');
    }
    this.versions.set(version.id, version);
    for (const [id, { stages }] of this.versions) if (stages.size === 0) this.versions.delete(id);
  }

  versionsToStages(): Record<string, string[]> {
    return Object.fromEntries([...this.versions].map(([id, { stages }]) => [id, [...stages]]));
  }
}
