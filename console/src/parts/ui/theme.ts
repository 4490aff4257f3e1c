/** Light or dark: as the system has it until the reader chooses; the choice is kept. */
import { applyDensity, applyMode, Density, Mode } from '@cloudscape-design/global-styles';

export type ThemeChoice = 'system' | 'light' | 'dark';

const STORAGE_KEY = 'steplight.theme';
const system = window.matchMedia('(prefers-color-scheme: dark)');
const watchers = new Set<() => void>();

export function themeChoice(): ThemeChoice {
  const kept = localStorage.getItem(STORAGE_KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function isDark(): boolean {
  const choice = themeChoice();
  return choice === 'dark' || (choice === 'system' && system.matches);
}

function apply(): void {
  applyMode(isDark() ? Mode.Dark : Mode.Light);
  for (const watcher of watchers) watcher();
}

export function chooseTheme(choice: ThemeChoice): void {
  if (choice === 'system') localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, choice);
  apply();
}

export function watchTheme(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function startTheme(): void {
  applyDensity(Density.Compact);
  system.addEventListener('change', apply);
  window.addEventListener('storage', apply);
  apply();
}
