import { Toast } from '../../components/overlay/toast.tsx';
import { dismissToast, useToasts } from '../../stores/window/toasts.ts';
import { text } from './text.ts';

export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  return (
    <section className="toasts" aria-label={text.regions.toasts}>
      {toasts.map((toast) => (
        <Toast
          key={toast.id}
          kind={toast.kind}
          title={toast.title}
          detail={toast.detail}
          step={
            toast.step && {
              label: toast.step.label,
              take: () => {
                dismissToast(toast.id);
                toast.step?.take();
              },
            }
          }
          dismissLabel={text.dismiss}
          onDismiss={() => dismissToast(toast.id)}
        />
      ))}
    </section>
  );
}
