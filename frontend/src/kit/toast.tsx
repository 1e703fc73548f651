// A toast confirms success, and nothing else: a refusal stays where the work is.
import { useEffect, useSyncExternalStore } from "react";

type Toast = { id: number; text: string; action?: { label: string; onPress: () => void } };

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function show(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says that something was done; may offer to undo it. */
export function confirmDone(text: string, action?: Toast["action"]): void {
  lastId += 1;
  show([...toasts.slice(-2), action ? { id: lastId, text, action } : { id: lastId, text }]);
}

export function dismissToast(id: number): void {
  show(toasts.filter((toast) => toast.id !== id));
}

export function Toasts() {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
    () => toasts,
  );
  return (
    <div className="cw-toasts" role="status" aria-live="polite">
      {now.map((toast) => (
        <ToastLine key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastLine({ toast }: { toast: Toast }) {
  useEffect(() => {
    const timer = setTimeout(() => dismissToast(toast.id), toast.action ? 20_000 : 6_000);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div className="cw-toast">
      <span>{toast.text}</span>
      {toast.action ? (
        <button
          type="button"
          className="cw-button cw-button--link"
          onClick={() => {
            toast.action?.onPress();
            dismissToast(toast.id);
          }}
        >
          {toast.action.label}
        </button>
      ) : null}
      <button type="button" className="cw-toast__close" aria-label="Dismiss" onClick={() => dismissToast(toast.id)}>
        ✕
      </button>
    </div>
  );
}
