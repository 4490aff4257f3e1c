/** Where this server is reached from this machine; its ports are known once it listens. */

interface Listening {
  readonly port: number;
}

export class Addresses {
  readonly #host: string;
  #endpoint: Listening | undefined;
  #xrayDaemon: Listening | undefined;

  /** @param host where all listeners listen */
  constructor(host: string) {
    this.#host = /^(0\.0\.0\.0|::)$/.test(host) ? '127.0.0.1' : host;
  }

  noteEndpoint(listener: Listening): void {
    this.#endpoint = listener;
  }

  noteXrayDaemon(listener: Listening): void {
    this.#xrayDaemon = listener;
  }

  /** Of the AWS endpoint. */
  get endpointUrl(): string {
    const name = this.#host.includes(':') ? `[${this.#host}]` : this.#host;
    return `http://${name}:${this.#endpoint?.port ?? 0}`;
  }

  /** Host and port, where X-Ray is one of the services. */
  get xrayDaemon(): string | undefined {
    return this.#xrayDaemon && `${this.#host}:${this.#xrayDaemon.port}`;
  }
}
