import type { SendFailureWords } from './send-failures.ts';

const RETRY = 'Send it again in a few minutes.';
const ADMIN = 'Tell whoever manages the shop: it has to be looked at under “Connections”.';
const WAIT = 'There is nothing for you to do: it passes. If the message ended as not sent, send it again later.';
const TEMPLATE = 'Choose another template, or ask whoever manages the shop to look at this one.';

/** Why a message did not go out, in English. */
export const sendFailuresEn: SendFailureWords = {
  token: ['Meta no longer accepts this number’s access. Nothing goes out until it is renewed.', ADMIN],
  permission: ['The connection lacks a permission of Meta’s, or lost it.', ADMIN],
  'meta-fault': ['WhatsApp had a problem and did not take the message.', RETRY],
  'app-busy': ['Too many requests went to Meta in a short time.', WAIT],
  'account-busy': ['The WhatsApp account made too many requests in a short time.', WAIT],
  'number-busy': ['The number sent more messages per second than Meta allows.', WAIT],
  'number-gone': ['Meta no longer knows this number: it was deleted or moved to another account.', ADMIN],
  'bad-message': [
    'Meta did not accept a part of the message.',
    'Check the message and try another way. If it happens again, tell whoever runs the system.',
  ],
  restricted: ['Meta restricted the account for breaking its policies.', ADMIN],
  locked: ['Meta locked the WhatsApp Business account.', ADMIN],
  'blocked-by-shop': ['The shop has blocked this person.', 'Unblock them in WhatsApp and send it again.'],
  experiment: [
    'Meta delivers no marketing to this person because of an experiment of its own. It is not charged.',
    'Do not send it again. If they write to you, you can answer.',
  ],
  country: ['The account may not write to numbers of that country.', 'Reach the person some other way.'],
  'to-itself': ['The recipient is the shop’s own number.', 'Choose another contact.'],
  undeliverable: [
    'WhatsApp could not deliver it: the number may not be on WhatsApp, run an old version, or not have accepted the terms.',
    'Check the number, or reach the person some other way.',
  ],
  'not-on-test-list': [
    'This is a test number, which writes only to the phones on its list.',
    'Add the phone to the list in the Meta app’s dashboard, or use a real number.',
  ],
  'display-name': ['Meta has not yet approved the number’s display name.', ADMIN],
  payment: ['The WhatsApp account has a payment problem: a card or credit is missing.', ADMIN],
  registration: ['The number is not registered with WhatsApp for sending.', ADMIN],
  pin: ['The PIN of the two-step verification is wrong, or was tried too often.', ADMIN],
  'registration-limit': ['The number was registered too many times in a row.', 'Wait some hours and try again.'],
  'window-closed': [
    'More than 24 hours have passed since the person’s last message.',
    'Send a template; once they answer, you can write freely.',
  ],
  'number-limited': [
    'Meta limited the number because many people blocked it or marked it as spam.',
    'For some days send only answers, and run no campaigns with this number.',
  ],
  'enough-marketing': [
    'Meta did not deliver it, so that the person does not get too much marketing.',
    'Wait at least a day before you send them another promotion.',
  ],
  'opted-out': [
    'The person asked not to get marketing from the shop any more.',
    'Do not send them promotions. If they write to you, you can answer.',
  ],
  unsupported: ['WhatsApp does not take this kind of message.', 'Send it another way, for example as text.'],
  'inbound-file': ['The file that the person sent could not be fetched.', 'Ask them to send it again.'],
  file: [
    'WhatsApp did not accept the file: its type or size is not what it says.',
    'Convert it to JPG, PNG, MP4 or PDF, or make it smaller, and send it again.',
  ],
  'pair-busy': ['Too many messages went to this person in a row.', 'Wait a minute and send it again.'],
  maintenance: ['Meta is doing maintenance on the number.', RETRY],
  'needs-phone': [
    'This message can only go to a phone number, and we do not have this person’s.',
    'Ask for their phone and send it again.',
  ],
  'marketing-off': ['The account has marketing switched off on this path.', ADMIN],
  misclassified: ['Meta limited the account for templates of the wrong category.', ADMIN],
  'template-mismatch': ['The values do not fit the places of the template.', TEMPLATE],
  'template-missing': ['The template does not exist in that language or is not approved.', TEMPLATE],
  'template-too-long': ['The text of the template, once filled, is too long.', 'Use shorter values.'],
  'template-policy': ['The template breaks WhatsApp’s policies.', TEMPLATE],
  'template-paused': ['Meta paused the template because people disliked it.', TEMPLATE],
  'template-disabled': ['Meta disabled the template for good.', 'Choose another template.'],
  flow: ['Meta blocked or slowed the form of this message.', ADMIN],
  'payment-terms': ['The terms of WhatsApp payments have not been accepted.', ADMIN],
  'marketing-only': ['Only marketing templates go out on this path.', TEMPLATE],
  'marketing-syncing': ['Meta is preparing the account for marketing.', 'Try again in ten minutes.'],
  'marketing-unavailable': ['This account cannot send marketing on this path.', ADMIN],
  identity: [
    'The person changed phone or WhatsApp, and it must be confirmed that it is them.',
    'Confirm with the person that the number is theirs, then send it again.',
  ],
  'template-limit': ['The account has all the templates it may have.', 'Delete templates you do not use.'],
  'template-locked': ['The template cannot be changed at this moment.', 'Wait until Meta has reviewed it.'],
  'template-size': ['The template is too long.', 'Shorten its text.'],
  'template-variables': ['The template has too many places for so little text.', 'Add text or take out places.'],
  'template-edges': ['The template begins or ends with a place to fill.', 'Add text before and after it.'],
  'connection-stopped': ['The connection of this number is stopped, and the message did not go out.', ADMIN],
  'no-address': [
    'We have neither a phone of this person nor an id that works for this number.',
    'Write from the number they contacted, or ask for their phone.',
  ],
  unreachable: ['WhatsApp could not be reached, and the message did not go out.', RETRY],
  'file-missing': ['The file of the message is no longer here.', 'Upload it and send it again.'],
  'too-late': [
    'The message waited for more than a day without getting out, and is not sent any more.',
    'If it is still needed, send it again.',
  ],
  broken: [
    'The message cannot be read and did not go out.',
    'Write it again. If it happens again, tell whoever runs the system.',
  ],
  'no-consent': [
    'The person asked the shop for no promotions, so this message did not go out.',
    'Do not send them promotions. If they write to you, you can answer; if the template is no marketing, an administrator of the shop can send it with its category.',
  ],
  other: [
    'WhatsApp did not send the message and did not explain why.',
    'Try once more. If it happens again, tell whoever runs the system, with the code of the error.',
  ],
};
