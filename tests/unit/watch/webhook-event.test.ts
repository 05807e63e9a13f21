import { describe, expect, it } from 'vitest';
import { parseWebhook } from '../../../src/watch/webhook-event.ts';

const USER = 'e6a9dd89fd954d689870e7e0e3e72947';
const ITEM = '0f8fad5bd9cb469fa16570867728950e';

/**
 * Names of the properties: README of jellyfin/jellyfin-plugin-webhook, "Variables" (NotificationType, UserId, ItemId,
 * ItemType, SeriesId); save reasons: UserDataSaveReason of the server.
 */
describe('a webhook of Jellyfin', () => {
  const stop = {
    ServerId: '15596ac9bbc24127b9f01db6f33630c7',
    ServerVersion: '10.10.7',
    NotificationType: 'PlaybackStop',
    UtcTimestamp: '2026-11-20T12:00:00.1234567Z',
    Name: 'Undertaker',
    ItemId: ITEM,
    ItemType: 'Episode',
    RunTimeTicks: 14_200_000_000,
    SeriesName: '86 Eighty-Six',
    SeasonNumber: 1,
    EpisodeNumber: 1,
    PlaybackPositionTicks: 50_000_000,
    PlayedToCompletion: false,
    NotificationUsername: 'ann',
    UserId: USER,
  };

  it('tells of the end of a playback and of marks [Jellyfin Webhook plug-in, UserDataSavedNotifier, PlaybackStopNotifier]', () => {
    expect(parseWebhook(stop)).toEqual({ userId: USER, itemId: ITEM });
    for (const SaveReason of ['TogglePlayed', 'PlaybackFinished', 'Import', 'UpdateUserData'])
      expect(parseWebhook({ ...stop, NotificationType: 'UserDataSaved', SaveReason })).toMatchObject({
        itemId: ITEM,
      });
  });

  it('is taken with what the plugin needs alone, and with ids in other forms', () => {
    const UserId = 'E6A9DD89-FD95-4D68-9870-E7E0E3E72947';
    expect(parseWebhook({ NotificationType: ' playbackstop ', UserId, ItemId: ITEM })).toEqual({
      userId: UserId,
      itemId: ITEM,
    });
  });

  it('of a season is about its series', () => {
    expect(
      parseWebhook({ ...stop, NotificationType: 'UserDataSaved', ItemType: 'Season', SeriesId: 'abc' }),
    ).toMatchObject({ itemId: 'abc' });
    expect(parseWebhook({ ...stop, ItemType: 'Season' })).toBeNull();
  });

  it.each([
    { NotificationType: 'PlaybackProgress' },
    { NotificationType: 'PlaybackStart' },
    { NotificationType: 'UserDataSaved', SaveReason: 'PlaybackProgress' },
    { NotificationType: 'ItemAdded' },
    { ItemType: 'Movie' },
    { ItemType: 'Audio' },
    { UserId: '' },
    { UserId: undefined },
    { ItemId: '../Users' },
    { ItemId: { $ne: null } },
    { ItemId: 'x'.repeat(65) },
  ])('says nothing with %j', (change) => {
    expect(parseWebhook({ ...stop, ...change })).toBeNull();
  });
});

/** The form: payloads of Emby 4.7 and 4.8 quoted in the docstring of MoviePilot's Emby module and in its tests. */
describe('a webhook of Emby', () => {
  const stop = {
    Title: 'admin stopped playing an episode',
    Date: '2023-08-19T00:49:07.8523469Z',
    Event: 'playback.stop',
    Severity: 'Info',
    User: { Name: 'admin', Id: USER },
    Item: { Name: 'Episode 1', Id: '240270', Type: 'Episode', SeriesId: '240100', SeriesName: 'A series' },
    Server: { Name: 'home', Id: 'f40a5bd0c6b64051bdbed00580fa1118', Version: '4.7.13.0' },
    PlaybackInfo: { PlayedToCompletion: true, PositionTicks: 84_000_000_000 },
  };

  it.each(['playback.stop', 'playback.pause', 'item.markplayed', 'item.markunplayed'])(
    'tells of %s',
    (Event) => {
      expect(parseWebhook({ ...stop, Event })).toEqual({ userId: USER, itemId: '240270' });
    },
  );

  it('takes ids that are numbers, and the series for a season', () => {
    expect(parseWebhook({ ...stop, Item: { Id: 240270 } })).toEqual({ userId: USER, itemId: '240270' });
    expect(parseWebhook({ ...stop, Item: { Id: '7', Type: 'Season', SeriesId: 240100 } })).toMatchObject({
      itemId: '240100',
    });
  });

  it.each([
    { Event: 'playback.start' },
    { Event: 'library.new' },
    { Event: 7 },
    { User: undefined },
    { User: { Name: 'admin' } },
    { Item: [] },
    { Item: { Id: '240270', Type: 'Movie' } },
  ])('says nothing with %j', (change) => {
    expect(parseWebhook({ ...stop, ...change })).toBeNull();
  });
});

it.each([undefined, null, 7, 'playback.stop', [], {}, [[]], { NotificationType: null }])(
  'what is no webhook says nothing: %j',
  (body) => {
    expect(parseWebhook(body)).toBeNull();
  },
);
