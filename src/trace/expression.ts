/** Filter expressions as a tree. `filter.ts` makes it from text, `match.ts` says what it means. */
export type Operator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'contains'
  | 'beginswith'
  | 'endswith';
export type FilterValue = string | number | boolean;

export type Flag =
  | 'ok'
  | 'error'
  | 'fault'
  | 'throttle'
  | 'partial'
  | 'inferred'
  | 'root'
  | 'first'
  | 'last'
  | 'remote';
export type NumberKeyword = 'responsetime' | 'duration' | 'http.status' | 'index' | 'coverage';
export type TextKeyword =
  | 'http.url'
  | 'http.method'
  | 'http.useragent'
  | 'http.clientip'
  | 'user'
  | 'name'
  | 'type'
  | 'message'
  | 'account.id'
  | 'availabilityzone'
  | 'instance.id'
  | 'resource.arn';

export interface Selector {
  readonly name?: string;
  readonly type?: string;
  readonly account?: string;
}

export type CauseKind = 'fault' | 'error' | 'responsetime';
export type CauseLevel = 'service' | 'entity' | 'exception';

export type Filter =
  | { readonly type: 'and' | 'or'; readonly of: readonly Filter[] }
  | { readonly type: 'not'; readonly of: Filter }
  | { readonly type: 'flag'; readonly flag: Flag }
  | {
      readonly type: 'number';
      readonly keyword: NumberKeyword;
      readonly test: { readonly op: Operator; readonly value: number } | undefined;
    }
  | {
      readonly type: 'text';
      readonly keyword: TextKeyword;
      readonly test: { readonly op: Operator; readonly value: string } | undefined;
    }
  | {
      readonly type: 'annotation';
      readonly key: string;
      readonly test: { readonly op: Operator; readonly value: FilterValue } | undefined;
    }
  | { readonly type: 'service'; readonly of: Selector; readonly where: Filter | undefined }
  | {
      readonly type: 'edge';
      readonly from: Selector;
      readonly to: Selector;
      readonly where: Filter | undefined;
    }
  | { readonly type: 'group'; readonly by: 'name' | 'arn'; readonly value: string }
  | {
      readonly type: 'rootcause';
      readonly kind: CauseKind;
      readonly level: CauseLevel;
      readonly where: Filter | undefined;
    }
  | { readonly type: 'causejson'; readonly services: readonly unknown[] };
