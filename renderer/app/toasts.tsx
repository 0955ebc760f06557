import { useStore } from 'zustand'
import { takeBackMs } from '../store/send-action.ts'
import { hideToast, type Toast } from '../store/toasts.ts'
import { useApp, useText, useTicking } from '../store/use-app.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import type { IconName } from '../ui/icon-names.ts'

const marks: Record<Toast['tone'], { readonly icon: IconName; readonly ink: string }> = {
  waiting: { icon: 'clock', ink: 'ink-progressing' },
  done: { icon: 'healthy', ink: 'ink-healthy' },
  failed: { icon: 'degraded', ink: 'ink-degraded' },
  info: { icon: 'info', ink: 'ink-paused' },
}

/** What was just done, refused, or is about to be sent. Failed ones stay until dismissed. */
export function Toasts() {
  const text = useText()
  const { toasts: store } = useApp()
  const toasts = useStore(store, (state) => state.toasts)
  return (
    <section className="toasts" aria-label={text('toast.label')} aria-live="polite">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  )
}

function ToastCard({ toast }: { readonly toast: Toast }) {
  const text = useText()
  const { toasts } = useApp()
  const { icon, ink } = marks[toast.tone]
  return (
    <div className="toast" role={toast.tone === 'failed' ? 'alert' : undefined}>
      <div className="row">
        <Icon name={icon} className={ink} />
        <span className="strong toast-title">{toast.title}</span>
        <span className="space" />
        {toast.sendsAt !== undefined && <SendsIn at={toast.sendsAt} />}
        {toast.takeBack ? (
          <Button small label={text('toast.takeBack')} hint="Z" onPress={toast.takeBack} />
        ) : (
          <Button
            small
            iconOnly
            kind="ghost"
            icon="x"
            label={text('toast.dismiss')}
            onPress={() => hideToast(toasts, toast.id)}
          />
        )}
      </div>
      {toast.detail !== '' && <p className="toast-detail">{toast.detail}</p>}
      {toast.sendsAt !== undefined && <GraceBar sendsAt={toast.sendsAt} />}
    </div>
  )
}

function SendsIn({ at }: { readonly at: number }) {
  const text = useText()
  const seconds = useTicking((now) => Math.max(0, Math.ceil((at - now) / 1000)))
  return <span className="dim num">{text('toast.sendsIn', { count: seconds })}</span>
}

function GraceBar({ sendsAt }: { readonly sendsAt: number }) {
  const left = useTicking((now) => Math.max(0, Math.min(100, ((sendsAt - now) / takeBackMs) * 100)))
  return (
    <span className="grace">
      <i style={{ width: `${left}%` }} />
    </span>
  )
}
