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
  { tag: tags.propertyName, class: 'code__key' },
  { tag: tags.string, class: 'code__string' },
  { tag: tags.number, class: 'code__number' },
  { tag: [tags.bool, tags.null], class: 'code__word' },
]);

/**
 * Text to be read, searched and copied; only lines in view are drawn, so that a file of megabytes is no trouble. CodeMirror writes its styles
 * as constructed sheets, which the content security policy allows. A chunk of its own: load it lazily (`lazy-code-view.tsx`).
 */
export default function CodeView({ label, text, language = 'plain', wraps = false }: CodeViewProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parent = place.current;
    if (parent === null) return;
    const view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
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
