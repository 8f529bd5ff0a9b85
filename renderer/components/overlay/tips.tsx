import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { KeyCap } from '../controls/key-cap.tsx';
import { isCut, placeBeside, saysMore } from './tip-place.ts';
import './overlay.css';

/** Milliseconds on a control before its tip comes, and how long after one tip the next comes at once. */
const delay = 400;
const skipWithin = 200;
/** Long enough to get from the control to its tip. */
const grace = 120;

interface Tip {
  /** What it is about. */
  element: HTMLElement;
  text: string;
  keys: string | undefined;
}

/**
 * The tips of the whole window: `data-tip` on any element, `data-tip-keys` for the chord, `data-tip-cut` where the words stand there already and the tip is
 * only for when they do not fit. On hover and on keyboard focus; a pointer may go over the tip; Escape takes it away and does what it does besides (WCAG 2.2,
 * 1.4.13). Never the only place of a fact: what a tip says is in the element's name or text as well, or in what describes it while it is shown.
 */
export function Tips() {
  const [tip, setTip] = useState<Tip>();

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let shown: HTMLElement | undefined;
    let leftAt = Number.NEGATIVE_INFINITY;

    function hide(): void {
      clearTimeout(timer);
      if (shown !== undefined) leftAt = performance.now();
      shown = undefined;
      setTip(undefined);
    }

    function show(element: HTMLElement): void {
      const text = element.dataset['tip'];
      if (text === undefined || text === '' || !element.isConnected || (element.dataset['tipCut'] !== undefined && !isCut(element))) return;
      shown = element;
      setTip({ element, text, keys: element.dataset['tipKeys'] });
    }

    function want(element: HTMLElement): void {
      if (element === shown) return clearTimeout(timer);
      const isNext = shown !== undefined || performance.now() - leftAt < skipWithin;
      hide();
      timer = setTimeout(show, isNext ? 0 : delay, element);
    }

    const holderOf = (target: EventTarget | null): HTMLElement | null => (target instanceof Element ? target.closest<HTMLElement>('[data-tip]') : null);

    function onPointerOver(event: PointerEvent): void {
      if (event.pointerType === 'touch') return;
      const isOverTip = event.target instanceof Element && event.target.closest('.tooltip') !== null;
      const holder = holderOf(event.target);
      if (holder !== null) return want(holder);
      clearTimeout(timer);
      if (!isOverTip && shown !== undefined && !shown.matches(':focus-visible')) timer = setTimeout(hide, grace);
    }

    function onFocusIn(event: FocusEvent): void {
      const holder = holderOf(event.target);
      if (holder !== null && event.target instanceof Element && event.target.matches(':focus-visible')) want(holder);
      else hide();
    }

    function onFocusOut(): void {
      if (shown?.matches(':hover') !== true) hide();
    }

    function onKeyDown(event: KeyboardEvent): void {
      if (event.key === 'Escape') hide();
    }

    /** Only of what it stands in: a log that follows its container scrolls all the time. */
    function onScroll(event: Event): void {
      if (shown !== undefined && event.target instanceof Node && event.target.contains(shown)) hide();
    }

    const listeners = new AbortController();
    const options = { signal: listeners.signal, capture: true, passive: true };
    document.addEventListener('pointerover', onPointerOver, options);
    document.addEventListener('pointerdown', hide, options);
    document.addEventListener('focusin', onFocusIn, options);
    document.addEventListener('focusout', onFocusOut, options);
    document.addEventListener('keydown', onKeyDown, options);
    document.addEventListener('scroll', onScroll, options);
    document.documentElement.addEventListener('pointerleave', hide, { signal: listeners.signal });
    addEventListener('hashchange', hide, options);
    addEventListener('blur', hide, { signal: listeners.signal });
    return () => {
      clearTimeout(timer);
      listeners.abort();
    };
  }, []);

  return tip === undefined ? null : <TipBox key={tip.text} tip={tip} />;
}

function TipBox({ tip: { element, text, keys } }: { tip: Tip }) {
  const box = useRef<HTMLDivElement>(null);
  // What lies beside an open dialog is inert, so that its tips lie in it.
  const room = element.closest('dialog') ?? document.querySelector('main') ?? document.body;

  useLayoutEffect(() => {
    const tip = box.current;
    if (tip === null) return;
    const { left, top } = placeBeside(element.getBoundingClientRect(), tip.getBoundingClientRect(), { width: innerWidth, height: innerHeight });
    tip.style.left = `${left}px`;
    tip.style.top = `${top}px`;
    if (!saysMore(element, text)) return;
    const before = element.getAttribute('aria-describedby');
    element.setAttribute('aria-describedby', before === null ? tip.id : `${before} ${tip.id}`);
    return () => {
      if (before === null) element.removeAttribute('aria-describedby');
      else element.setAttribute('aria-describedby', before);
    };
  }, [element, text]);

  return createPortal(
    <div ref={box} id="tip" role="tooltip" className="tooltip isolated">
      <span>{text}</span>
      {keys !== undefined && <KeyCap chord={keys} />}
    </div>,
    room,
  );
}
