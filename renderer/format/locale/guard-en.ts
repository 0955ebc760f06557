/** Words about what stands in the way of an action. */
export const guardEn = {
  'guard.title': 'What stands in the way',
  'guard.breakGlass': 'Break the glass: send it all the same. The reason is kept in the record.',
  'guard.again': 'No step, pause or analysis is to check it from here on.',
  'guard.missing.breakGlass': 'It is shut: break the glass to send it all the same',
  'guard.missing.reason': 'Write why',
  'guard.missing.again': 'Confirm once more that nothing is to check it',
  'did.setAside': 'Set aside: {{what}}',
} as const
