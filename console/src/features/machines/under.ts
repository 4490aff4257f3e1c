/** Where the pages of one state machine stand. */
export const UNDER_MACHINES = [{ text: 'State machines', to: '/machines' }];
