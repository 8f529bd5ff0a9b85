import { defaultKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { foldGutter, foldKeymap, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import './code.css';

export interface CodeViewProps {
  label: string;
  text: string;
  language?: 'json' | 'plain';
  wraps?: boolean;
}

const ink = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--j-key)' },
  { tag: tags.string, color: 'var(--j-str)' },
  { tag: tags.number, color: 'var(--j-num)' },
  { tag: [tags.bool, tags.null], color: 'var(--j-kw)' },
]);

const look = EditorView.theme({
  '&': { flex: '1', minWidth: '0', height: '100%', background: 'var(--bg-1)', color: 'var(--tx-1)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { font: '400 var(--fs-12)/20px var(--mono)', fontVariantLigatures: 'none' },
  '.cm-gutters': { border: '0', background: 'var(--bg-1)', color: 'var(--tx-3)' },
  '.cm-content:focus-visible': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-foldPlaceholder': { border: '0', background: 'var(--bg-3)', color: 'var(--tx-2)' },
  '.cm-panels': { borderColor: 'var(--line-1)', background: 'var(--bg-2)', color: 'var(--tx-1)' },
  '.cm-textfield': { border: '1px solid var(--line-3)', borderRadius: 'var(--r-s)', background: 'var(--bg-2)', color: 'var(--tx-1)' },
  '.cm-button': { border: '1px solid var(--line-2)', borderRadius: 'var(--r-s)', background: 'var(--bg-2)', color: 'var(--tx-1)' },
  '.cm-searchMatch': { background: 'var(--hit)', color: 'var(--hit-tx)' },
  '.cm-searchMatch-selected': { background: 'var(--hit-now)', color: 'var(--hit-now-tx)' },
  '.cm-selectionMatch': { background: 'var(--bg-4)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--ac-tint-2)' },
});

/**
 * Text to be read, searched and copied; only lines in view are drawn, so that a file of megabytes is no trouble. It stands in a shadow tree of
 * its own: only there CodeMirror writes its styles as constructed sheets, which the content security policy allows. A chunk of its own: load it lazily (`lazy-code-view.tsx`).
 */
export default function CodeView({ label, text, language = 'plain', wraps = false }: CodeViewProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const host = place.current;
    if (host === null) return;
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    const view = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: text,
        extensions: [
          look,
          lineNumbers(),
          drawSelection(),
          search({ top: true }),
          highlightSelectionMatches(),
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          EditorView.editable.of(false),
          keymap.of([...searchKeymap, ...foldKeymap, ...defaultKeymap]),
          ...(wraps ? [EditorView.lineWrapping] : []),
          ...(language === 'json' ? [json(), foldGutter(), syntaxHighlighting(ink)] : []),
        ],
      }),
    });
    return () => view.destroy();
  }, [label, text, language, wraps]);
  return <div className="code selectable" ref={place} data-region="list" />;
}
