/** What X-Ray needs of this machine: the port of its daemon. */
import { XrayDaemon } from '../../edge/xray-daemon.ts';
import type { XrayOwn } from '../../service/xray/open.ts';
import type { Outside } from '../outside.ts';

export function xrayOwn({ config, listener, addresses, feed }: Outside): XrayOwn {
  const { account, region, xrayPort: port } = config;
  return {
    sampling: config.sampling,
    days: config.traceRetentionDays,
    daemon(intake) {
      const daemon = new XrayDaemon({ ...listener, port, place: { account, region }, intake });
      addresses.noteXrayDaemon(daemon);
      return {
        start: () => daemon.start(),
        stop: () => daemon.stop(),
        get address() {
          return addresses.xrayDaemon!;
        },
      };
    },
    changed(traceIds) {
      if (feed.clients === 0) return;
      for (const id of traceIds) feed.publish('trace', id);
    },
  };
}
