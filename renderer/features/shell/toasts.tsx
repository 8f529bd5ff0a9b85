import { Toast } from '../../components/overlay/toast.tsx';
import { dismissToast, hold, letGo, useToasts } from '../../stores/window/toasts.ts';
import { t } from '../../i18n/i18n.ts';

export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  return (
    <section className="toasts" aria-label={t('shell:regions.toasts')}>
      {toasts.map((toast) => (
        <Toast
          key={toast.id}
          kind={toast.kind}
          title={toast.title}
          detail={toast.detail}
          step={
            toast.step && {
              label: toast.step.label,
              keys: toast.step.isUndo === true ? 'mod+Z' : undefined,
              take: () => {
                dismissToast(toast.id);
                toast.step?.take();
              },
            }
          }
          dismissLabel={t('shell:dismiss')}
          onHold={() => hold(toast.id)}
          onLetGo={() => letGo(toast.id)}
          onDismiss={() => dismissToast(toast.id)}
        />
      ))}
    </section>
  );
}
