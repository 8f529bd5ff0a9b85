import type { ComponentProps, ReactNode, Ref } from 'react';
import { KeyCap } from './key-cap.tsx';
import './controls.css';

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  kind?: 'default' | 'primary' | 'quiet' | 'danger' | 'danger-text';
  size?: 'normal' | 'small';
  icon?: ReactNode;
  /** A chord such as `mod+N` or `S`, shown in its cap. */
  keys?: string | undefined;
  children: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

/** A verb to press. One primary a screen; the cap is for eyes, so it stays out of the accessible name. */
export function Button({ kind = 'default', size = 'normal', icon, keys, children, className, ...rest }: ButtonProps) {
  const classes = ['button', `button--${kind}`, size === 'small' && 'button--small', className].filter(Boolean).join(' ');
  return (
    <button type="button" className={classes} {...rest}>
      {icon}
      <span>{children}</span>
      {keys !== undefined && <KeyCap chord={keys} />}
    </button>
  );
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** The accessible name and the tip. */
  label: string;
  keys?: string;
  children: ReactNode;
}

export function IconButton({ label, keys, children, className, ...rest }: IconButtonProps) {
  return (
    <button type="button" className={['icon-button', className].filter(Boolean).join(' ')} aria-label={label} data-tip={label} data-tip-keys={keys} {...rest}>
      {children}
    </button>
  );
}

/** Looks like a link because it stands in a sentence, but acts. */
export function LinkButton({ className, type = 'button', ...rest }: ComponentProps<'button'>) {
  return <button type={type} className={['link-button', className].filter(Boolean).join(' ')} {...rest} />;
}
