import type { Dispose } from '#lib/clock.ts'
import type { PreferencesStore } from '../store/preferences.ts'

/** Keeps `data-theme` and `lang` of the page at what the person, or the system, chose. */
export function applyPreferences(preferences: PreferencesStore, page: Document, system: MediaQueryList): Dispose {
  const apply = () => {
    const { theme, locale } = preferences.getState()
    page.documentElement.dataset['theme'] = theme === 'system' ? (system.matches ? 'dark' : 'light') : theme
    page.documentElement.lang = locale
  }
  const markHidden = () => page.documentElement.toggleAttribute('data-hidden', page.hidden)
  apply()
  markHidden()
  const stop = preferences.subscribe(apply)
  system.addEventListener('change', apply)
  page.addEventListener('visibilitychange', markHidden)
  return () => {
    stop()
    system.removeEventListener('change', apply)
    page.removeEventListener('visibilitychange', markHidden)
  }
}
