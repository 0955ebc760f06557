import { createStore, type StoreApi } from 'zustand/vanilla'

/** A plan that is being written. It is nowhere but in this window until it is saved. */
export interface PlanDraft {
  readonly text: string
  /** As it was when the editor opened, or was last kept. */
  readonly asOpened: string
}

export type PlanDraftStore = StoreApi<{ readonly draft: PlanDraft | undefined }>

export const createPlanDraft = (): PlanDraftStore => createStore(() => ({ draft: undefined as PlanDraft | undefined }))

/** What a new plan begins with: a pilot, a gate, and the rest two at a time. */
export const emptyPlan = `name: ''
home: {context: '', namespace: ''}
change:
  setImage: {}
members: []
waves:
  - name: first
    select: {contexts: []}
    pilot: true
    minSoak: 10m
    gate: manual
  - name: rest
    maxConcurrent: 2
`

export const openDraft = (store: PlanDraftStore, text: string): void =>
  store.setState({ draft: { text, asOpened: text } })

export function writeDraft(store: PlanDraftStore, text: string): void {
  const { draft } = store.getState()
  store.setState({ draft: { asOpened: draft?.asOpened ?? '', text } })
}

export const dropDraft = (store: PlanDraftStore): void => store.setState({ draft: undefined })

export const isUnsaved = (store: PlanDraftStore): boolean => {
  const { draft } = store.getState()
  return draft !== undefined && draft.text !== draft.asOpened
}
