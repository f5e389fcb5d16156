#include "protocol/channel/greeting.h"

namespace knoop {

void Greeting::begin(Entropy& entropy) {
  outstanding_ = entropy.draw<Challenge>();
  theirs_.reset();
  complete_ = false;
}

void Greeting::fill(Hello& hello) const {
  hello.challenge = outstanding_;
  hello.answer = theirs_;
}

Greeting::Outcome Greeting::received(const Hello& hello, Entropy& entropy) {
  Outcome outcome;
  if (outstanding_ && hello.answer == outstanding_) {
    outcome.believed = true;
    outstanding_.reset();
    complete_ = true;
  }
  if (!hello.challenge) return outcome;
  outcome.answer = true;
  // A challenge that is new says that the peer connected anew, perhaps after a restart: ask it afresh how far it is.
  if (hello.challenge != theirs_ && !outcome.believed && !outstanding_)
    outstanding_ = entropy.draw<Challenge>();
  theirs_ = hello.challenge;
  return outcome;
}

}  // namespace knoop
