/** The resources that scenarios name. */
const PLACE = 'eu-central-1:123456789012';

export const INVOKE = 'arn:aws:states:::lambda:invoke';
export const FUNCTION = `arn:aws:lambda:${PLACE}:function:price`;
export const CALLBACK = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
export const ACTIVITY = `arn:aws:states:${PLACE}:activity:pack`;
export const CHILD = 'arn:aws:states:::states:startExecution.sync:2';
export const PUT_ITEM = 'arn:aws:states:::aws-sdk:dynamodb:putItem';

/** A flow of one state. */
export const only = (name: string, state: object): object => ({
  StartAt: name,
  States: { [name]: { ...state, End: true } },
});
/** A machine of these states, that begins with the first one. */
export const machine = (states: Record<string, object>, more: object = {}): object => ({
  ...more,
  StartAt: Object.keys(states)[0],
  States: states,
});
