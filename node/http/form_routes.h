// The routes of forms, beside those of the fragments that fill them.
#pragma once

#include "node/http/router.h"

namespace knoop::http {

void add_form_routes(Router& router);

}  // namespace knoop::http
