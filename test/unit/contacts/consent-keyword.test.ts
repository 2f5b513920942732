import { describe, expect, it } from 'vitest';
import { consentKeyword } from '../../../functions/contacts/consent-keyword.ts';

describe('a keyword', () => {
  it.each([
    ...['BAJA', 'baja.', 'Salir', 'PARAR', 'STOP', 'Stop!!', 'stop please', 'Baja por favor'],
    ...['quiero darme de baja', 'me quiero dar de baja', 'quiero que me den de baja', 'dame de baja'],
    ...['denme de baja por favor', 'Darse de baja', 'de baja', 'baja ya', 'quiero salir', 'salirme'],
    ...['quiero salirme de la lista', 'cancelar suscripción', 'cancelar la suscripcion'],
    ...['no quiero recibir más mensajes', 'No quiero más mensajes', 'no me escriban más', 'no me escriban'],
    ...['no me escribas más por favor', 'no me manden más nada', 'no me manden mas mensajes por favor'],
    ...['no más mensajes', 'basta de mensajes', 'dejen de escribirme', 'deja de escribirme'],
    ...['dejen de mandarme mensajes', 'dejen de molestar', 'no molesten más', 'no molestar'],
    ...['elimíname de la lista', 'quiten mi número', 'saquenme de la lista', 'sáqueme de la lista', 'bórrenme'],
    ...['borrenme de la lista', 'bórreme de su lista', 'desuscribir', 'Desuscribirme', 'desuscríbeme'],
    ...['desuscribime', 'me quiero desuscribir', 'ya no quiero recibir mensajes', 'ya no quiero más publicidad'],
    ...['no quiero publicidad', 'no deseo recibir mas publicidad', 'No estoy interesado, no me escriban más'],
    ...['parar mensajes', 'baja baja', 'STOP STOP', 'BAJA 🙏', '🛑 STOP', '"BAJA"', "'STOP'", 'B.A.J.A', 'b a j a'],
    ...['BAJAAAA', 'stooop', 'vaja', 'SALIR DE LA LISTA', 'salir del grupo', 'SAIR', 'Sair', 'sair por favor'],
    ...['quero sair', 'parar', 'pare de mandar mensagens', 'parem de me mandar mensagem'],
    ...['pare de me mandar mensagem', 'não quero mais receber mensagens', 'nao quero receber mais mensagens'],
    ...['não me mande mais mensagens', 'não me mandem mais nada', 'me tira da lista', 'me tirem da lista'],
    ...['me remova', 'cancelar inscrição', 'descadastrar', 'me descadastre', 'quero me descadastrar'],
    ...['UNSUBSCRIBE', 'unsubscribe me please', 'Stop messaging me', 'stop texting me', 'stop sending me messages'],
    ...['please stop', "don't text me", 'do not contact me', "don't message me again", 'remove me'],
    ...['remove me from your list', 'opt out', 'opt-out', 'OPTOUT', 'no more messages'],
    ...["I don't want any more messages", 'i dont want messages', 'STOPALL', 'leave me alone', 'stop promotions'],
    ...['Detener promociones', 'Stop promotions', 'No quiero recibir promociones', 'STOP MARKETING'],
    ...['Ya no me interesa, denme de baja', 'Hola, BAJA', 'Hola! Quiero darme de baja por favor, gracias'],
    ...['buenas tardes, baja', 'Boa tarde, sair', 'bom dia, sair por favor', 'oi, quero sair'],
    ...['Hola buenas noches quiero la baja', 'dar de baja', 'quiero dar de baja la suscripción'],
    ...['dar de baja mi numero', 'solicito la baja', 'Solicito baja de la lista', 'baja de la lista'],
    ...['baja definitiva', 'baja total', 'quiero ser dado de baja', 'no enviar más', 'no envíen más mensajes'],
    ...['No enviar mas mensajes', 'no mandes más', 'deje de enviar mensajes', 'dejar de recibir mensajes'],
    ...['REVOCAR', 'Não quero receber promoções', 'para de mandar mensagem', 'sair sair', 'Buenas tardes baja'],
    ...['buenos dias, baja', 'Hola, buen día. Baja', 'buenas noches baja', 'Dejar de recibir', 'Parar promoções'],
    ...['Interromper promoções', 'Cancelar suscripción', 'Não receber mais', 'Stop to end', 'TXT STOP', 'BAJA!!!'],
    ...['b.a.j.a', 'STOPP', 'Stop.', 'STOP 🛑', 'baja porfi', 'Me doy de baja', 'Doy de baja'],
    ...['Quiero darme de baja de la lista', 'Quiero darme de baja de las promociones'],
    ...['no quiero que me escriban más', 'No quiero recibir nada más', 'no me envien mas promos'],
    ...['No me envíen promociones', 'no me manden mensajes', 'no me manden más publicidades'],
    ...['quiero dejar de recibir estos mensajes', 'no quero mais receber promoções', 'não quero mais receber'],
    ...['não enviar mais mensagens', 'Parem de enviar mensagens', 'por favor parem', 'stop sending messages'],
    ...['stop sending me promotions', 'I no longer want messages', 'please remove me from your list'],
    ...['take me off your list', 'no more promotions please', 'opt me out', 'do not send me messages'],
    ...["don't send me any more messages", "i don't want to receive messages", 'unsubscribe from all'],
    ...['cancel subscription', 'stop contacting me'],
  ])('ends marketing, however it is asked for: %s', (text) => {
    expect(consentKeyword(text)).toBe('revoked');
  });

  it.each([
    ...['¿está a la baja el precio?', 'la talla baja', 'quiero el vestido de cintura baja', 'temporada baja'],
    ...['altas', 'talle alto', 'Alto', 'alto!', 'bajo', 'Bajar el precio', 'quiero parar el pedido'],
    ...['parar el envio', 'pare el pedido', 'stop it you are making me laugh', 'salir el sábado', 'voy a salir'],
    ...['vou sair agora', 'quero sair hoje', 'cancelar', 'cancelar pedido', 'quit', 'Quit', 'pare', 'Pare'],
    ...['más alta', 'no quiero más', 'no quiero mas ofertas de zapatos rojos', 'no', 'no gracias', 'basta'],
    ...['para mi', 'para', 'talla baja por favor', 'quiero baja', 'La baja', 'alto por favor', 'resume', 'retomar'],
    ...['parar de fumar', 'no mas', 'Basta!', 'eliminar', 'remover', 'alto', 'PARA', 'para por favor'],
    ...['não quero mais', 'CANCEL', 'CANCELAR', 'END', 'QUIT', 'arrêt', 'chega', 'pare por favor'],
    ...['No me interesa', 'enough', 'end', 'no, nada', 'No nada, gracias', 'No, más nada', 'no quiero nada'],
    ...['no quiero nada más', 'Não quero mais nada', 'não quero nada', 'não, nada', 'no quiero la promo'],
    ...['no quiero la oferta', 'não quero a promoção', "I don't want anything", 'I don’t want the promo'],
    ...['no, gracias', 'no me manden nada', 'no me mandes', 'no envíen nada', '¿cuándo baja el precio?'],
    ...['no quiero recibir el pedido hoy', 'no quiero recibir', 'ok, baja', 'quiero información'],
    ...['no me llames, escribime', 'no me manden el pedido hoy', 'no me escriban a la casa'],
    ...['dejen el paquete en portería', 'deje de funcionar', 'quiero cancelar el pedido', 'stop at my place'],
    ...['delete my order', 'remove it', 'unsubscribe button is broken', 'quero parar de pagar', 'para a minha mãe'],
    ...['sacame la duda', 'quitame la cebolla', 'bórrame el pedido', '¿se puede salir por atrás?'],
    ...['me interesan las promos', '¿qué promociones tienen?', 'quiero ver las ofertas', 'mandame más mensajes'],
    ...['no me llegan los mensajes', 'no recibí ningún mensaje más', 'la alta o la baja', 'de planta baja'],
    ...['me das la baja de precio'],
  ])('is no ordinary sentence, nor a word that is said of much else: %s', (text) => {
    expect(consentKeyword(text)).toBeUndefined();
  });

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
    ...["I don't want more messages", 'Interromper promoções', 'ＳＴＯＰ'.normalize('NFKC')],
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
