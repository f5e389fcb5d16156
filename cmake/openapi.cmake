# What the API says of itself, compiled in: the document that tools/openapi makes, and the page that shows it.
file(GLOB openapi_parts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/docs/openapi/*.yaml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/openapi ${CMAKE_SOURCE_DIR}/docs/openapi.yaml
  ${openapi_parts})
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated)
execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/openapi ${CMAKE_BINARY_DIR}/generated/openapi.json RESULT_VARIABLE openapi_status)
if(NOT openapi_status EQUAL 0)
  message(FATAL_ERROR "tools/openapi could not make the description of the API (it needs python3-yaml; tools/setup installs it)")
endif()
file(GLOB docs_page CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/node/http/docs_page/*)
knoop_embed(${CMAKE_BINARY_DIR}/generated/description_files.cpp knoop::http DescriptionFile description_files node/http/description.h
  ${CMAKE_BINARY_DIR}/generated/openapi.json ${docs_page})
