/** How clients are pointed at this server; credentials may be anything. */
export interface Connection {
  readonly id: string;
  readonly title: string;
  readonly text: (origin: string) => string;
}

export const CONNECTIONS: readonly Connection[] = [
  {
    id: 'shell',
    title: 'Environment',
    text: (origin) =>
      [
        `export AWS_ENDPOINT_URL=${origin}`,
        'export AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test',
        'export AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2000',
      ].join('\n'),
  },
  {
    id: 'cli',
    title: 'AWS CLI',
    text: (origin) => `aws --endpoint-url ${origin} stepfunctions list-state-machines`,
  },
  {
    id: 'js',
    title: 'JavaScript',
    text: (origin) =>
      [
        "import { SFNClient } from '@aws-sdk/client-sfn';",
        '',
        'const client = new SFNClient({',
        `  endpoint: '${origin}',`,
        "  region: 'us-east-1',",
        "  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },",
        '  disableHostPrefix: true, // for StartSyncExecution',
        '});',
      ].join('\n'),
  },
  {
    id: 'python',
    title: 'Python',
    text: (origin) =>
      [
        'import boto3',
        'from botocore.config import Config',
        '',
        'client = boto3.client(',
        '    "stepfunctions",',
        `    endpoint_url="${origin}",`,
        '    region_name="us-east-1",',
        '    aws_access_key_id="test",',
        '    aws_secret_access_key="test",',
        '    config=Config(inject_host_prefix=False),  # for start_sync_execution',
        ')',
      ].join('\n'),
  },
];
