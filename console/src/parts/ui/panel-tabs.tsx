/** Tabs for narrow panels: all of them in sight, moved through with the arrow keys. */
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';

export interface PanelTab {
  readonly id: string;
  readonly label: string;
  readonly content: ReactNode;
}

export function PanelTabs({ tabs }: { tabs: readonly PanelTab[] }): ReactNode {
  const [chosen, setChosen] = useState('');
  const base = useId();
  const active = tabs.find((tab) => tab.id === chosen) ?? tabs[0];
  if (!active) return null;
  const onKey = (event: KeyboardEvent<HTMLElement>): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(active) + step + tabs.length) % tabs.length]!;
    setChosen(next.id);
    document.getElementById(`${base}${next.id}`)?.focus();
  };
  return (
    <div className="panel-tabs">
      <div role="tablist" onKeyDown={onKey}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`${base}${tab.id}`}
            type="button"
            role="tab"
            aria-selected={tab === active}
            aria-controls={`${base}panel`}
            tabIndex={tab === active ? 0 : -1}
            data-testid={`tab-${tab.id}`}
            onClick={() => setChosen(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${base}panel`} aria-labelledby={`${base}${active.id}`}>
        {active.content}
      </div>
    </div>
  );
}
