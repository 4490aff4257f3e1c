/** What users configure in X-Ray, as JSON texts by kind and name. An acknowledged change is durable. */
import type { Place } from '../../ground/arn.ts';

export type XraySettingKind = 'rule' | 'rulesModified' | 'group' | 'encryption' | 'tags';

export interface XraySetting {
  readonly place: Place;
  readonly kind: XraySettingKind;
  readonly name: string;
  readonly body: string;
}

export interface XraySettings {
  all(): Promise<readonly XraySetting[]>;
  /** Inserts or replaces all of them, or none. */
  save(settings: readonly XraySetting[]): Promise<void>;
  remove(setting: Omit<XraySetting, 'body'>): Promise<void>;
}
