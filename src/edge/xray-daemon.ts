/**
 * The X-Ray daemon's port: UDP takes segment documents, TCP on the same number answers the sampling
 * calls of SDKs, which do not sign them.
 *
 * Datagrams that arrive together are stored together. Whatever cannot be read is refused with its
 * reason; the kernel may still lose some that come faster than they are read (net.core.rmem_max).
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Place } from '../ground/arn.ts';
import { isFault } from '../ground/fault.ts';
import type { Logger } from '../ground/log.ts';
import type { Service } from '../service/lifecycle.ts';
import type { TraceIntake } from '../service/xray/intake.ts';
import { readDatagram } from '../trace/datagram.ts';
import { AwsHttp, type AwsHttpOptions } from './http/aws-http.ts';

export interface XrayDaemonOptions
  extends Pick<
    AwsHttpOptions,
    'dispatcher' | 'guard' | 'allowUnsigned' | 'bodySizeBytesMax' | 'tools' | 'stopTimeoutMs'
  > {
  readonly host: string;
  /** 0 takes one that is free for both. */
  readonly port: number;
  /** Where documents without a signature belong. */
  readonly place: Place;
  readonly intake: TraceIntake;
  readonly log: Logger;
}

const UNSIGNED = ['xray:GetSamplingRules', 'xray:GetSamplingTargets'];
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;
/** Documents stored with one call. */
const BATCH_MAX = 500;
/** Datagrams that wait while the disk is behind; more are refused. */
const WAITING_MAX = 50_000;
const FREE_PORT_ATTEMPTS = 10;

export class XrayDaemon implements Service {
  readonly #options: XrayDaemonOptions;
  #http: AwsHttp | undefined;
  #socket: Socket | undefined;
  #waiting: string[] = [];
  #storing: Promise<void> | undefined;

  constructor(options: XrayDaemonOptions) {
    this.#options = options;
  }

  /** The port that is listened on, once started. */
  get port(): number {
    return this.#http?.port ?? this.#options.port;
  }

  /** Rejects with EADDRINUSE (with the port) where somebody else has one of the two. */
  async start(): Promise<void> {
    if (this.#socket) return;
    for (let attempt = 1; ; attempt++) {
      const http = this.#newHttp();
      await http.start();
      try {
        this.#socket = await this.#bind(http.port);
        this.#http = http;
        return;
      } catch (error) {
        await http.stop();
        if (this.#options.port !== 0 || attempt >= FREE_PORT_ATTEMPTS) throw error;
      }
    }
  }

  /** What has been received by then is stored. */
  async stop(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) await new Promise<void>((resolve) => socket.close(() => resolve()));
    await this.#http?.stop();
    this.#http = undefined;
    await this.#storing;
  }

  #newHttp(): AwsHttp {
    const { dispatcher, guard, allowUnsigned, bodySizeBytesMax, tools, stopTimeoutMs } =
      this.#options;
    const { host, port, log } = this.#options;
    return new AwsHttp({
      host,
      port,
      dispatcher,
      guard,
      allowUnsigned,
      unsignedOperations: UNSIGNED,
      service: 'xray',
      bodySizeBytesMax,
      tools,
      log,
      stopTimeoutMs,
    });
  }

  async #bind(port: number): Promise<Socket> {
    const { host, log } = this.#options;
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ port, address: host }, () => {
        socket.off('error', reject);
        resolve();
      });
    }).catch((error) => {
      socket.close();
      throw error;
    });
    socket.on('error', (error) => log.error('the daemon port failed', { error }));
    socket.on('message', (bytes) => this.#receive(bytes));
    try {
      socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    } catch (error) {
      log.debug('the receive buffer stays as it is', { error });
    }
    return socket;
  }

  #receive(bytes: Buffer): void {
    const { intake } = this.#options;
    const datagram = readDatagram(bytes.toString());
    if (datagram.type === 'refused') {
      intake.refuse('daemon', 'InvalidDatagram', datagram.reason);
      return;
    }
    if (this.#waiting.length >= WAITING_MAX) {
      intake.refuse('daemon', 'Throttled', 'the server is too busy to store it');
      return;
    }
    this.#waiting.push(datagram.text);
    // What else the socket has is read before the next turn of the loop.
    this.#storing ??= new Promise((resolve) => setImmediate(resolve)).then(() => this.#store());
  }

  async #store(): Promise<void> {
    const { intake, place, log } = this.#options;
    while (this.#waiting.length > 0) {
      const texts = this.#waiting.splice(0, BATCH_MAX);
      try {
        await intake.accept(place, texts, 'daemon');
      } catch (error) {
        const reason = isFault(error) ? error.message : 'the server could not store it';
        for (const _ of texts) intake.refuse('daemon', 'NotStored', reason);
        if (!isFault(error)) log.error('segments could not be stored', { error });
      }
    }
    this.#storing = undefined;
  }
}
