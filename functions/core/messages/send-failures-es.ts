import type { SendFailureWords } from './send-failures.ts';

const RETRY = 'Mandalo de nuevo en unos minutos.';
const ADMIN = 'Avisale a quien administra la tienda: tiene que revisarlo en «Conexiones».';
const WAIT = 'No hace falta que hagas nada: baja solo. Si quedó como no enviado, mandalo de nuevo más tarde.';
const TEMPLATE = 'Elegí otra plantilla, o pedile a quien administra la tienda que revise esta.';

/** Why a message did not go out, in Spanish. */
export const sendFailuresEs: SendFailureWords = {
  token: ['Meta ya no acepta el acceso de este número. Nada sale hasta que se renueve.', ADMIN],
  permission: ['A la conexión le falta un permiso de Meta, o se lo quitaron.', ADMIN],
  'meta-fault': ['WhatsApp tuvo un problema y no tomó el mensaje.', RETRY],
  'app-busy': ['Se hicieron demasiados pedidos a Meta en poco tiempo.', WAIT],
  'account-busy': ['La cuenta de WhatsApp hizo demasiados pedidos en poco tiempo.', WAIT],
  'number-busy': ['El número mandó más mensajes por segundo de los que Meta permite.', WAIT],
  'number-gone': ['Meta ya no conoce este número: se borró o pasó a otra cuenta.', ADMIN],
  'bad-message': [
    'Meta no aceptó una parte del mensaje.',
    'Revisá el mensaje y probá de otra forma. Si vuelve a pasar, avisale a quien administra el sistema.',
  ],
  restricted: ['Meta restringió la cuenta por incumplir sus políticas.', ADMIN],
  locked: ['Meta bloqueó la cuenta de WhatsApp Business.', ADMIN],
  'blocked-by-shop': ['La tienda tiene bloqueada a esta persona.', 'Desbloqueala en WhatsApp y mandalo de nuevo.'],
  experiment: [
    'Meta no entrega publicidad a esta persona por un experimento suyo. No se cobra.',
    'No lo mandes de nuevo. Si te escribe, podés contestarle.',
  ],
  country: ['La cuenta no puede escribir a números de ese país.', 'Contactá a la persona por otro medio.'],
  'to-itself': ['El destinatario es el mismo número de la tienda.', 'Elegí otro contacto.'],
  undeliverable: [
    'WhatsApp no pudo entregarlo: puede que el número no tenga WhatsApp, use una versión vieja o no haya aceptado las condiciones.',
    'Verificá el número, o contactá a la persona por otro medio.',
  ],
  'not-on-test-list': [
    'Este es un número de prueba y solo escribe a los teléfonos de su lista.',
    'Agregá el teléfono a la lista en el panel de la app de Meta, o usá un número real.',
  ],
  'display-name': ['Meta todavía no aprobó el nombre visible del número.', ADMIN],
  payment: ['La cuenta de WhatsApp tiene un problema con el pago: falta una tarjeta o crédito.', ADMIN],
  registration: ['El número no está registrado en WhatsApp para enviar.', ADMIN],
  pin: ['El PIN de la verificación en dos pasos no es correcto, o se probó demasiadas veces.', ADMIN],
  'registration-limit': ['El número se registró demasiadas veces seguidas.', 'Esperá unas horas y probá de nuevo.'],
  'window-closed': [
    'Pasaron más de 24 horas desde el último mensaje de la persona.',
    'Mandale una plantilla; cuando conteste, podés escribirle libremente.',
  ],
  'number-limited': [
    'Meta limitó el número porque muchas personas lo bloquearon o lo marcaron como spam.',
    'Mandá solo respuestas por unos días y no hagas campañas con este número.',
  ],
  'enough-marketing': [
    'Meta no lo entregó para que la persona no reciba demasiada publicidad.',
    'Esperá por lo menos un día antes de mandarle otra promoción.',
  ],
  'opted-out': [
    'La persona pidió no recibir más publicidad de la tienda.',
    'No le mandes promociones. Si te escribe, podés contestarle.',
  ],
  unsupported: ['WhatsApp no admite este tipo de mensaje.', 'Mandalo de otra forma, por ejemplo como texto.'],
  'inbound-file': ['No se pudo bajar el archivo que mandó la persona.', 'Pedile que lo mande de nuevo.'],
  file: [
    'WhatsApp no aceptó el archivo: su tipo o su tamaño no es el que dice ser.',
    'Convertilo a JPG, PNG, MP4 o PDF, o achicalo, y mandalo de nuevo.',
  ],
  'pair-busy': ['Se le mandaron demasiados mensajes seguidos a esta persona.', 'Esperá un minuto y mandalo de nuevo.'],
  maintenance: ['Meta está haciendo mantenimiento en el número.', RETRY],
  'needs-phone': [
    'Este mensaje solo puede ir a un número de teléfono, y de esta persona no lo tenemos.',
    'Pedile su teléfono y mandalo de nuevo.',
  ],
  'marketing-off': ['La cuenta tiene apagada la publicidad por esta vía.', ADMIN],
  misclassified: ['Meta limitó la cuenta por plantillas con la categoría equivocada.', ADMIN],
  'template-mismatch': ['Los datos no coinciden con los espacios de la plantilla.', TEMPLATE],
  'template-missing': ['La plantilla no existe en ese idioma o no está aprobada.', TEMPLATE],
  'template-too-long': ['El texto de la plantilla, ya completo, es demasiado largo.', 'Usá datos más cortos.'],
  'template-policy': ['La plantilla no cumple las políticas de WhatsApp.', TEMPLATE],
  'template-paused': ['Meta pausó la plantilla porque recibió malas opiniones.', TEMPLATE],
  'template-disabled': ['Meta deshabilitó la plantilla para siempre.', 'Elegí otra plantilla.'],
  flow: ['Meta bloqueó o frenó el formulario de este mensaje.', ADMIN],
  'payment-terms': ['Falta aceptar las condiciones de pagos de WhatsApp.', ADMIN],
  'marketing-only': ['Por esta vía solo se mandan plantillas de publicidad.', TEMPLATE],
  'marketing-syncing': ['Meta está preparando la cuenta para publicidad.', 'Probá de nuevo en diez minutos.'],
  'marketing-unavailable': ['Esta cuenta no puede mandar publicidad por esta vía.', ADMIN],
  identity: [
    'La persona cambió de teléfono o de WhatsApp y hay que confirmar que es ella.',
    'Confirmá con la persona que es su número y después mandalo de nuevo.',
  ],
  'template-limit': ['La cuenta llegó al máximo de plantillas.', 'Borrá plantillas que no uses.'],
  'template-locked': ['La plantilla no se puede cambiar en este momento.', 'Esperá a que Meta termine de revisarla.'],
  'template-size': ['La plantilla es demasiado larga.', 'Acortá su texto.'],
  'template-variables': [
    'La plantilla tiene demasiados espacios para tan poco texto.',
    'Agregá texto o sacá espacios.',
  ],
  'template-edges': ['La plantilla empieza o termina con un espacio a completar.', 'Agregá texto antes y después.'],
  'connection-stopped': ['La conexión de este número está detenida, y el mensaje no salió.', ADMIN],
  'no-address': [
    'De esta persona no tenemos teléfono ni un id que sirva para este número.',
    'Escribile desde el número por el que te contactó, o pedile su teléfono.',
  ],
  unreachable: ['No se pudo llegar a WhatsApp, y el mensaje no salió.', RETRY],
  'file-missing': ['El archivo del mensaje ya no está.', 'Subilo y mandalo de nuevo.'],
  'too-late': [
    'El mensaje esperó más de un día sin poder salir, y ya no se manda.',
    'Si todavía hace falta, mandalo de nuevo.',
  ],
  broken: [
    'El mensaje no se puede leer y no salió.',
    'Escribilo de nuevo. Si vuelve a pasar, avisale a quien administra el sistema.',
  ],
  'no-consent': [
    'La persona pidió no recibir promociones de la tienda, y por eso este mensaje no salió.',
    'No le mandes promociones. Si te escribe, podés responderle; si la plantilla no es de marketing, alguien que administra la tienda puede mandarla indicando su categoría.',
  ],
  other: [
    'WhatsApp no mandó el mensaje y no explicó por qué.',
    'Probá de nuevo una vez. Si vuelve a pasar, avisale a quien administra el sistema con el código del error.',
  ],
};
