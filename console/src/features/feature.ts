/**
 * What a feature of the console is: a value that says which pages it has, what stands in the rail,
 * where a pasted text leads, and which reads grow old with which notice. Router, rail, jump field
 * and cache are folds over the list of features, so a new one is a folder and a line in `list.ts`.
 *
 * A feature imports no other feature. What several of them need lies in `parts/`, `api/`, `model/`.
 */
import type { QueryClient } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import type { FeedTopic } from '../api/feed.ts';
import type { Place } from '../model/place.ts';
import type { Search } from '../parts/page/address.ts';
import type { IconName } from '../parts/ui/icons.tsx';

export interface Feature {
  readonly id: string;
  readonly routes: readonly (PageRoute | RedirectRoute)[];
  readonly rail?: readonly RailEntry[];
  readonly jump?: JumpRules;
  readonly live?: readonly LiveReads[];
}

export interface PageRoute {
  /** Below /console; parameters as in `/machines/$arn`. */
  readonly path: string;
  /** A page is loaded when it is first opened, or while nothing else happens. */
  readonly page: () => Promise<ComponentType>;
}

/** An old or a foreign address of a page; its parameters are kept. */
export interface RedirectRoute {
  readonly path: string;
  readonly to: string;
  readonly search?: Search;
}

export interface RailEntry {
  /** Path of one of the feature's own pages. */
  readonly to: string;
  readonly text: string;
  readonly icon: IconName;
  /** Neighbours of the same group stand under one title. */
  readonly group?: string;
}

/** Where a text leads, asked in this order: its form, then names, then a search. */
export interface JumpRules {
  /** By the look of the text alone: an ARN, an id. */
  readonly form?: (text: string) => Target | undefined;
  /** What can be called by its name; read when somebody asks. */
  readonly names?: (client: QueryClient, place: Place) => Promise<readonly Named[]>;
  /** Where a text leads that nothing else knows; the first feature that has one is asked. */
  readonly search?: (text: string) => Target;
}

export interface Target {
  readonly path: string;
  readonly search?: Search;
}

export interface Named {
  readonly name: string;
  readonly path: string;
}

/** Reads, by the first part of their key, that a notice of this topic makes old. */
export interface LiveReads {
  readonly topic: FeedTopic;
  readonly keys: readonly string[];
  /** Shortest time between two reads, however many notices come. */
  readonly everyMs: number;
}
