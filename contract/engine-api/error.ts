/** Body of every error answer of the Docker Engine API. */
export interface ErrorResponse {
  message: string;
}
