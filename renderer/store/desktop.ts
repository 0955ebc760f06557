import type { App } from './app.ts'

/** Main knows at the start, and again whenever it changes, what is kept here and counts for the desktop around the window. */
export function tellDesktop({ bridge, preferences }: Pick<App, 'bridge' | 'preferences'>) {
  const tell = () => void bridge.call('desktop.prefer', { notify: preferences.getState().notify }).catch(() => {})
  const dispose = preferences.subscribe((now, before) => {
    if (now.notify !== before.notify) tell()
  })
  return { tell, dispose }
}
