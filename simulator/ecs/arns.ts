/** The names of ECS resources. `scope` is `arn:aws:ecs:<region>:<account>`. */
export class EcsArns {
  readonly #scope: string;

  constructor(region: string, accountId: string) {
    this.#scope = `arn:aws:ecs:${region}:${accountId}`;
  }

  cluster(name: string): string {
    return `${this.#scope}:cluster/${name}`;
  }

  service(cluster: string, name: string): string {
    return `${this.#scope}:service/${cluster}/${name}`;
  }

  task(cluster: string, id: string): string {
    return `${this.#scope}:task/${cluster}/${id}`;
  }

  container(cluster: string, taskId: string, id: string): string {
    return `${this.#scope}:container/${cluster}/${taskId}/${id}`;
  }

  instance(cluster: string, id: string): string {
    return `${this.#scope}:container-instance/${cluster}/${id}`;
  }

  capacityProvider(name: string): string {
    return `${this.#scope}:capacity-provider/${name}`;
  }

  taskDefinition(family: string, revision: number | string): string {
    return `${this.#scope}:task-definition/${family}:${revision}`;
  }

  serviceDeployment(cluster: string, service: string, id: string): string {
    return `${this.#scope}:service-deployment/${cluster}/${service}/${id}`;
  }

  serviceRevision(cluster: string, service: string, id: string): string {
    return `${this.#scope}:service-revision/${cluster}/${service}/${id}`;
  }
}

/** The last part of an ARN or of a name with slashes: what both `name` and `arn:…/cluster/name` mean. */
export const lastPart = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);
