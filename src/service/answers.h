/* Answers of the service that are not what was asked for, made into a struct err. */
#ifndef SIPDESK_SERVICE_ANSWERS_H
#define SIPDESK_SERVICE_ANSWERS_H

#include "base/err.h"
#include "service/http.h"

/* Reads any of the service's envelopes ({"error":{…}}, {"error":"…"}, {"meta":{…}}, HTML, plain
 * text, empty, 200 with success:false) and its codes. False with `err` filled (kind, sentence, next
 * step, the service's words, the field where known), true when the answer is a success:
 * for a GET a 2xx with a body, for a POST a 2xx whose JSON says success:true. */
bool answer_check(enum http_method method, const struct http_answer *answer, struct err *err);

#endif
