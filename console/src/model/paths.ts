/** Where the page of a thing is, so that every link to it is the same. */

const page = (folder: string, id: string): string => `/${folder}/${encodeURIComponent(id)}`;

export const executionPath = (arn: string): string => page('executions', arn);
export const machinePath = (arn: string): string => page('machines', arn);
export const functionPath = (name: string): string => page('functions', name);
export const tracePath = (id: string): string => page('traces', id);
export const logGroupPath = (name: string): string => page('logs', name);
