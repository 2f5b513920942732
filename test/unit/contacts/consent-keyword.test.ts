import { describe, expect, it } from 'vitest';
import { consentKeyword } from '../../../functions/contacts/consent-keyword.ts';

describe('a keyword', () => {
  it.each([
    ...[
      'BAJA',
      'baja',
      '¡Baja!',
      ' «BAJA» ',
      'B A J A',
      'bajaaaa',
      'Bajá',
      'BAJA 🙏',
      'Hola, baja por favor',
      'baja ya',
    ],
    ...['quiero darme de baja', 'Quiero la baja.', 'dame de baja', 'denme de baja por favor', 'Solicito la baja'],
    ...['SALIR', 'Parar', 'STOP', 'stop all', 'Stop.', 'STOP!!!', 'detener promociones', 'Desuscribirme'],
    ...['No quiero recibir más mensajes', 'no quiero más promociones', 'no me manden más publicidad, gracias'],
    ...['SAIR', 'parem', 'descadastrar', 'não quero mais receber mensagens', 'Quero sair da lista', 'Sair, por favor'],
    ...['unsubscribe', 'opt-out', 'OptOut', 'Stop promotions', 'Please stop messages', 'remove me from your list'],
    ...["I don't want more messages", 'Quit', 'Interromper promoções', 'ＳＴＯＰ'.normalize('NFKC')],
  ])('ends marketing: %s', (text) => {
    expect(consentKeyword(text)).toBe('revoked');
  });

  it.each([
    ...['ALTA', 'alta por favor', 'quiero recibir promociones', 'Quiero suscribirme', 'START', 'Subscribe', 'opt in'],
    ...['quero receber ofertas', 'Quero me inscrever', 'resume promotions'],
  ])('lets it begin again: %s', (text) => {
    expect(consentKeyword(text)).toBe('granted');
  });

  it.each([
    ...['¿Cuánto baja el precio?', '¿Me lo dejás más baja la mesa?', 'la silla baja', 'planta baja', 'baja 3 unidades'],
    ...[
      '¿A qué hora puedo salir a buscarlo?',
      'no puedo parar de mirar la vidriera',
      'voy a salir',
      'stop by tomorrow?',
    ],
    ...['¿tenés en talle alta?', 'temporada alta', 'cancelar', 'cancelar la reserva', 'no', 'ok', '', '🙏', '   '],
    ...['posso sair agora?', 'can you stop by', 'quiero dar de baja el pedido', 'start over please with my order'],
    ...['me dieron de baja el plan y quería saber si puedo pagar en efectivo', 'para', 'no quiero más el pedido'],
  ])('is none: %s', (text) => {
    expect(consentKeyword(text)).toBeUndefined();
  });

  it('takes no time over what is long or odd', () => {
    const began = performance.now();
    for (const text of ['a'.repeat(100_000), 'baja '.repeat(20_000), `${'hola '.repeat(15)}x`, 'ñ́'.repeat(40)]) {
      expect(consentKeyword(text)).toBeUndefined();
    }
    expect(performance.now() - began).toBeLessThan(50);
  });
});
