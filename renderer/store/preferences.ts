import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Locale } from '../format/text.ts'
import { readSavedViews, type SavedView } from './saved-views.ts'

export type Theme = 'system' | 'light' | 'dark'

export interface Preferences {
  readonly theme: Theme
  readonly locale: Locale
  readonly savedViews: readonly SavedView[]
  /** Notifications of the desktop. */
  readonly notify: boolean
}

export type PreferencesStore = StoreApi<Preferences>

type Shelf = Pick<Storage, 'getItem' | 'setItem'>

const shelfKey = 'argosy.preferences'
const themes: readonly Theme[] = ['system', 'light', 'dark']

/** What was chosen before, or nothing where the shelf is empty, unreadable, or closed to us. */
function recall(shelf: Shelf): Partial<Preferences> {
  try {
    const kept: unknown = JSON.parse(shelf.getItem(shelfKey) ?? '{}')
    return typeof kept === 'object' && kept !== null ? kept : {}
  } catch {
    return {}
  }
}

/** The language of the person's system, where there is a catalogue for it. */
export const preferredLocale = (languages: readonly string[]): Locale =>
  languages
    .find((language) => /^(en|zh)\b/i.test(language))
    ?.toLowerCase()
    .startsWith('zh')
    ? 'zh-CN'
    : 'en'

export function createPreferences(shelf: Shelf, languages: readonly string[] = navigator.languages): PreferencesStore {
  const kept = recall(shelf)
  const store = createStore<Preferences>(() => ({
    theme: themes.find((theme) => theme === kept.theme) ?? 'system',
    locale: kept.locale === 'en' || kept.locale === 'zh-CN' ? kept.locale : preferredLocale(languages),
    savedViews: readSavedViews(kept.savedViews),
    notify: kept.notify !== false,
  }))
  store.subscribe((state) => {
    try {
      shelf.setItem(shelfKey, JSON.stringify(state))
    } catch {
      // A closed or full shelf costs the choice at the next start, nothing else.
    }
  })
  return store
}

export const nextTheme = (theme: Theme): Theme => themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system'
