import type { RoleTag } from '#contract/views.ts'
import { useText } from '../store/use-app.ts'

/** A role of a ReplicaSet as a word on its hue; with a revision where one is known. */
export function RoleMark({ role, revision }: { readonly role: RoleTag; readonly revision?: number | undefined }) {
  const text = useText()
  const word = text(`role.${role}`)
  return <span className={`role ${role}`}>{revision === undefined ? word : `${word} ${revision}`}</span>
}
