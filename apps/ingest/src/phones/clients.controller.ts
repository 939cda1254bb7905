import { problem } from '@hark/contracts';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ProblemError } from '@hark/service';
import type { Request, Response } from 'express';
import { Clients, type ClientList } from './clients.js';
import { queryText } from './device-body.js';

const EXPERIMENT = 'application/vnd.phyphox+xml';

@Controller('v1/clients')
export class ClientsController {
  constructor(@Inject(Clients) private readonly clients: Clients) {}

  @Get()
  list(@Req() request: Request): ClientList {
    return this.clients.list(hostOf(request), tokenOf(request), userOf(request));
  }

  /** With the caller's token in it where tokens are used. */
  @Get('phyphox')
  phyphox(@Req() request: Request, @Res() response: Response): void {
    send(response, this.clients.experiment(hostOf(request), tokenOf(request) ?? null, userOf(request)));
  }

  /** As a phone gets it that has scanned a QR code. */
  @Get('phyphox/:code')
  paired(@Param('code') code: string, @Req() request: Request, @Res() response: Response): void {
    const experiment = this.clients.pairedExperiment(hostOf(request), code, userOf(request));
    if (experiment === null) {
      const detail = 'This code is not known, or older than ten minutes: show a new QR code.';
      throw new ProblemError(problem(404, 'unknown_code', 'Unknown code', detail));
    }
    send(response, experiment);
  }
}

function send(response: Response, experiment: string): void {
  response
    .set('Cache-Control', 'no-store')
    .set('Content-Disposition', 'attachment; filename="hark.phyphox"')
    .type(EXPERIMENT)
    .send(experiment);
}

function hostOf({ headers: { host } }: Request): string {
  return host ?? 'localhost';
}

/** The token of the request, which has been let in with it. */
function tokenOf({ headers: { authorization } }: Request): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

function userOf(request: Request): string | undefined {
  return queryText(request, 'user');
}
