/** How clients are pointed at this server; credentials may be anything. */

/** Where the server is: its URL, its region, and its X-Ray daemon's `host:port`. */
export interface Endpoint {
  readonly origin: string;
  readonly region: string;
  readonly daemon: string;
}

/** What an X-Ray SDK reads. */
export const daemonText = (daemon: string): string => `export AWS_XRAY_DAEMON_ADDRESS=${daemon}`;

export interface Connection {
  readonly id: string;
  readonly title: string;
  readonly text: (endpoint: Endpoint) => string;
}

export const CONNECTIONS: readonly Connection[] = [
  {
    id: 'shell',
    title: 'Environment',
    text: ({ origin, region, daemon }) =>
      [
        `export AWS_ENDPOINT_URL=${origin}`,
        `export AWS_REGION=${region} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test`,
        daemonText(daemon),
      ].join('\n'),
  },
  {
    id: 'cli',
    title: 'AWS CLI',
    text: ({ origin }) => `aws --endpoint-url ${origin} stepfunctions list-state-machines`,
  },
  {
    id: 'js',
    title: 'JavaScript',
    text: ({ origin, region }) =>
      [
        "import { SFNClient } from '@aws-sdk/client-sfn';",
        '',
        'const client = new SFNClient({',
        `  endpoint: '${origin}',`,
        `  region: '${region}',`,
        "  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },",
        '  disableHostPrefix: true, // for StartSyncExecution',
        '});',
      ].join('\n'),
  },
  {
    id: 'python',
    title: 'Python',
    text: ({ origin, region }) =>
      [
        'import boto3',
        'from botocore.config import Config',
        '',
        'client = boto3.client(',
        '    "stepfunctions",',
        `    endpoint_url="${origin}",`,
        `    region_name="${region}",`,
        '    aws_access_key_id="test",',
        '    aws_secret_access_key="test",',
        '    config=Config(inject_host_prefix=False),  # for start_sync_execution',
        ')',
      ].join('\n'),
  },
];
