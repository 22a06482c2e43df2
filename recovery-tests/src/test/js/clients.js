// Clients of MQTT.js, driven by lines of JSON. A request is {"id", "client", "do", ...}, its answer {"id"} with the
// result or {"id", "error"}; a message that came is {"client", "message"}. Binary values are in Base64. Ends with its input.
'use strict'

const mqtt = require('mqtt')
const readline = require('readline')

const clients = new Map()

function say(value) {
  process.stdout.write(JSON.stringify(value) + '\n')
}

function bytes(base64) {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64')
}

/** Leaves out what is not set. */
function only(properties) {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined))
}

function grouped(userProperties) {
  const result = {}
  for (const [name, value] of userProperties) {
    ;(result[name] ||= []).push(value)
  }
  return result
}

function outgoing(message) {
  const given = message.properties
  const properties = given && only({
    payloadFormatIndicator: given.utf8,
    messageExpiryInterval: given.expiryS,
    contentType: given.contentType,
    responseTopic: given.responseTopic,
    correlationData: bytes(given.correlationData),
    userProperties: given.userProperties.length > 0 ? grouped(given.userProperties) : undefined,
  })
  return { topic: message.topic, payload: bytes(message.payload), qos: message.qos, retain: message.retain, properties }
}

function incoming(topic, payload, packet) {
  const given = packet.properties || {}
  return {
    topic,
    payload: payload.toString('base64'),
    qos: packet.qos,
    retain: packet.retain,
    utf8: given.payloadFormatIndicator === true,
    expiryS: given.messageExpiryInterval ?? -1,
    contentType: given.contentType,
    responseTopic: given.responseTopic,
    correlationData: given.correlationData && given.correlationData.toString('base64'),
    userProperties: Object.entries(given.userProperties || {}).flatMap(([name, values]) =>
      [values].flat().map((value) => [name, value])),
    subscriptionIds: [given.subscriptionIdentifier ?? []].flat(),
  }
}

const actions = {
  connect(request, done) {
    const v5 = request.level === 5
    const client = mqtt.connect({
      host: '127.0.0.1',
      port: request.port,
      protocol: 'mqtt',
      protocolId: request.level === 3 ? 'MQIsdp' : 'MQTT',
      protocolVersion: request.level,
      clientId: request.clientId,
      clean: !request.durable,
      reconnectPeriod: request.resuming ? 200 : 0,
      resubscribe: false,
      properties: v5 && request.durable ? { sessionExpiryInterval: request.expiryS } : undefined,
      will: request.will && outgoing(request.will),
    })
    clients.set(request.client, client)
    client.on('message', (topic, payload, packet) => {
      say({ client: request.client, message: incoming(topic, payload, packet) })
    })
    let answered = false
    const answer = (error, result) => {
      if (!answered) {
        answered = true
        done(error, result)
      }
    }
    client.on('connect', (packet) => answer(null, { sessionPresent: packet.sessionPresent }))
    client.on('error', answer)
    client.on('close', () => answer(new Error('closed')))
  },

  subscribe(request, done) {
    const id = request.subscriptionId
    const properties = id ? { subscriptionIdentifier: id } : undefined
    clients.get(request.client).subscribe(request.filter, { qos: request.qos, properties }, (error) => done(error))
  },

  publish(request, done) {
    const { topic, payload, qos, retain, properties } = outgoing(request.message)
    clients.get(request.client).publish(topic, payload, { qos, retain, properties }, (error) => done(error))
  },

  disconnect(request, done) {
    clients.get(request.client).end(false, () => done())
  },

  close(request, done) {
    clients.get(request.client)?.end(true)
    clients.delete(request.client)
    done()
  },
}

readline
  .createInterface({ input: process.stdin })
  .on('line', (line) => {
    const request = JSON.parse(line)
    const done = (error, result) => say(error ? { id: request.id, error: String(error) } : { id: request.id, ...result })
    try {
      actions[request.do](request, done)
    } catch (error) {
      done(error)
    }
  })
  .on('close', () => process.exit(0))
