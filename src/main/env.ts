/** `steplight env`: the shell lines that point AWS tools at a server here. */
import { parseArgs } from 'node:util';
import { readOptions, UsageError } from './usage.ts';

export const ENV_USAGE = `Usage: steplight env [options]

Prints the lines that point the AWS CLI, SDKs and tools started from this shell at the server:

  eval "$(steplight env)"

Options
  --endpoint URL            where the server is (default http://127.0.0.1:4566)
  --account ID              account of the calls, 12 digits (default 000000000000)
  --region REGION           region of the calls (default us-east-1)
  --hosts                   instead the lines for the hosts file under which the server also answers
                            calls whose host name SDKs prefix (StartSyncExecution, TestState)
`;

const HOST = 'steplight.local';

/** The text to print; throws UsageError where the arguments are of no use. */
export function envLines(args: readonly string[]): string {
  const { values } = readOptions(() =>
    parseArgs({
      args: [...args],
      options: {
        endpoint: { type: 'string', default: 'http://127.0.0.1:4566' },
        account: { type: 'string', default: '000000000000' },
        region: { type: 'string', default: 'us-east-1' },
        hosts: { type: 'boolean', default: false },
      },
    }),
  );
  const { endpoint, account, region, hosts } = values;
  if (!URL.canParse(endpoint) || !/^https?:\/\/[^\s'"`$\\]+$/.test(endpoint)) {
    throw new UsageError(`--endpoint must be a URL such as http://127.0.0.1:4566: ${endpoint}`);
  }
  if (!/^\d{12}$/.test(account)) throw new UsageError(`--account must be 12 digits: ${account}`);
  if (!/^[a-z0-9-]+$/.test(region)) throw new UsageError(`--region is no region: ${region}`);
  if (hosts) return hostsLines(new URL(endpoint).hostname);
  const lines = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
  };
  return Object.entries(lines)
    .map(([name, value]) => `export ${name}=${value}\n`)
    .join('');
}

function hostsLines(host: string): string {
  const address = host === 'localhost' ? '127.0.0.1' : host.replace(/^\[|\]$/g, '');
  if (!/^[\d.]+$|:/.test(address)) {
    throw new UsageError(`--hosts needs an --endpoint with an address in it, not ${host}`);
  }
  return `${address} ${HOST} sync-${HOST}\n`;
}
