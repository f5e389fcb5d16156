// The same texts in English, for whoever does not read Dutch.
import type { Texts } from "./nl";
import { administrator } from "./en/administrator";
import { doubts } from "./en/doubts";
import { events } from "./en/events";
import { figures } from "./en/figures";
import * as files from "./en/files";
import * as frame from "./en/frame";
import * as client from "./en/client";
import { mappings } from "./en/mappings";
import { partners } from "./en/partners";
import { policy } from "./en/policy";
import { restore } from "./en/restore";
import { reasons } from "./en/reasons";
import * as rights from "./en/rights";
import * as sharing from "./en/sharing";
import { officer } from "./en/officer";
import { team } from "./en/team";
import { words } from "./en/words";
import { work } from "./en/work";

export const en: Texts = { ...frame, ...client, ...sharing, ...files, words, events, rights, partners, work, officer, administrator, team, policy, restore, reasons, mappings, doubts, figures };
