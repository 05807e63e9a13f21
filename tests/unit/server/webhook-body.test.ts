import { describe, expect, it } from 'vitest';
import { jsonInWebhook } from '../../../src/server/webhook-body.ts';

const EVENT = { Event: 'playback.stop', Item: { Name: 'Größe & "Rand"' } };
const JSON_TEXT = JSON.stringify(EVENT);

describe('the JSON in a webhook', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'text/plain', ''])(
    'is the body, sent as "%s"',
    (type) => {
      expect(jsonInWebhook(JSON_TEXT, type)).toEqual(EVENT);
      expect(jsonInWebhook(`\uFEFF${JSON_TEXT}`, type)).toEqual(EVENT);
    },
  );

  it('is the field "data" of a form, which Emby sends with its option EnableMultipartFormData', async () => {
    const form = new FormData();
    form.set('other', '{}');
    form.set('data', JSON_TEXT);
    form.set('thumb', new Blob(['{"Event":"x"}'], { type: 'image/png' }), 'data.png');
    const sent = new Response(form);
    const type = sent.headers.get('content-type') ?? '';
    expect(jsonInWebhook(await sent.text(), type)).toEqual(EVENT);
    expect(
      jsonInWebhook(new URLSearchParams({ data: JSON_TEXT }).toString(), 'application/x-www-form-urlencoded'),
    ).toEqual(EVENT);
  });

  it.each([
    ['', 'application/json'],
    ['{"Event":', 'application/json'],
    ['<html>', 'text/plain'],
    ['no parts', 'multipart/form-data'],
    ['--x\r\n\r\n--x--', 'multipart/form-data; boundary=x'],
    [
      '--x\r\nContent-Disposition: form-data; name="data"\r\n\r\nnot json\r\n--x--',
      'multipart/form-data; boundary=x',
    ],
    ['payload=1', 'application/x-www-form-urlencoded'],
  ])('is not there in %j as %s', (body, type) => {
    expect(jsonInWebhook(body, type)).toBeUndefined();
  });
});
