/** The two languages that the fields of a state can be written in. */
export type QueryLanguage = 'JSONPath' | 'JSONata';
