/** A drawing that can be moved and zoomed: wheel, drag, buttons, keys + - 0. Fits when it is new. */
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { IconButton } from '../ui/icon-button.tsx';
import { useDrag, useWheel } from './gestures.ts';
import { useView } from './view.ts';
import './graph.css';

const STEP = 1.25;

interface Props {
  readonly width: number;
  readonly height: number;
  readonly label: string;
  /** Changes when the drawing is another one and should fit anew. */
  readonly fitKey: string;
  /** Not larger than this when fitting. */
  readonly scaleMax?: number;
  /** Shows everything, however small; else a tall drawing starts at its top, readable. */
  readonly isWhole?: boolean;
  readonly onBackground?: () => void;
  readonly children: ReactNode;
}

export function PanZoom(props: Props): ReactNode {
  const { width, height, label, fitKey, scaleMax = 1, isWhole = false, children } = props;
  const frame = useRef<HTMLDivElement>(null);
  const { view, refit, zoom, move } = useView(frame, { width, height, fitKey, scaleMax, isWhole });
  // The wheel moves what is looked at, a drag moves the paper.
  useWheel(frame, zoom, (dx, dy) => move(-dx, -dy));
  const drag = useDrag(move, props.onBackground);
  const onKey = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    if (event.key === '+' || event.key === '=') zoom(STEP);
    else if (event.key === '-') zoom(1 / STEP);
    else if (event.key === '0') refit();
  };
  return (
    <div className="panzoom" ref={frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing, not part of a form */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: zoomed with keys */}
      <svg role="group" aria-label={label} tabIndex={0} onKeyDown={onKey} {...drag}>
        <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>{children}</g>
      </svg>
      <div className="zoom">
        <IconButton icon="plus" label="Zoom in" onClick={() => zoom(STEP)} />
        <IconButton icon="minus" label="Zoom out" onClick={() => zoom(1 / STEP)} />
        <IconButton icon="fit" label="Fit" onClick={refit} />
      </div>
    </div>
  );
}
